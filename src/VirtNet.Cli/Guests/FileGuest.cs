using VirtNet.Linux.Files;

namespace VirtNet.Cli.Guests;

/// <summary>A file with the XML of a guest. Every byte that a change is not about stays; the file is replaced as a whole.</summary>
internal sealed class FileGuest(string path, GuestDocument document) : IGuest
{
    public string Name => path;

    public GuestDocument? Live => null;

    public GuestDocument Config { get; private set; } = document;

    public static FileGuest Load(string path) => new(path, GuestDocument.Parse(path, XmlFile.ReadBytes(path)));

    public Task ReplaceAsync(GuestScope scope, GuestInterface old, string xml, CancellationToken cancellationToken) =>
        SaveAsync(Config.Replace(old, xml));

    public Task AttachAsync(IReadOnlyList<GuestScope> scopes, IReadOnlyList<string> lines, CancellationToken cancellationToken) =>
        SaveAsync(Config.Add(lines));

    public Task DetachAsync(GuestScope scope, GuestInterface old, CancellationToken cancellationToken) =>
        SaveAsync(Config.Remove(old));

    private Task SaveAsync(string text)
    {
        byte[] bytes = XmlBytes.ToBytes(text);
        GuestDocument changed = GuestDocument.Parse(path, bytes); // what was made must be readable before it replaces anything
        try
        {
            AtomicFile.Replace(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"Failed to write file '{path}': {e.Message}");
        }

        Config = changed;
        return Task.CompletedTask;
    }
}
