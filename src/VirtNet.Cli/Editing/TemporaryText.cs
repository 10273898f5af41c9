using System.Text;

namespace VirtNet.Cli.Editing;

/// <summary>A text in a file that only the user may read, for an editor. Gone afterwards unless it is kept.</summary>
internal sealed class TemporaryText : IDisposable
{
    private bool _kept;

    private TemporaryText(string path)
    {
        Path = path;
    }

    public string Path { get; }

    /// <param name="folder">TMPDIR; null = /tmp.</param>
    public static TemporaryText Create(string text, string? folder)
    {
        string directory = string.IsNullOrEmpty(folder) ? "/tmp" : folder;
        string path = System.IO.Path.Combine(directory, $"virtnet-{Guid.NewGuid():N}.xml");
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using FileStream file = new(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
        return new TemporaryText(path);
    }

    public string Read() => File.ReadAllText(Path);

    /// <summary>Leaves the file where it is: it holds work that is not saved anywhere else.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        if (!_kept)
        {
            File.Delete(Path);
        }
    }
}
