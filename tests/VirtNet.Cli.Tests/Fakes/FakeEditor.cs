namespace VirtNet.Cli.Tests.Fakes;

/// <summary>An editor that does what the test says.</summary>
internal sealed class FakeEditor : IEditor
{
    public Func<string, string> Edit { get; set; } = text => text;

    /// <summary>The editor deletes what it was to edit.</summary>
    public bool TakesFileAway { get; set; }

    public string? Path { get; private set; }

    public async Task EditAsync(string path, CancellationToken cancellationToken)
    {
        Path = path;
        if (TakesFileAway)
        {
            File.Delete(path);
            return;
        }

        await File.WriteAllTextAsync(path, Edit(await File.ReadAllTextAsync(path, cancellationToken)), cancellationToken);
    }
}
