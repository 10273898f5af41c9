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
    /// <exception cref="CommandFailure">There is no such folder, or no room in it.</exception>
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
        try
        {
            using FileStream file = new(path, options);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"cannot make a temporary file in '{directory}': {e.Message}")
            {
                Hints = ["TMPDIR names the folder for it"],
            };
        }

        return new TemporaryText(path);
    }

    /// <exception cref="CommandFailure">The editor took the file away, or made it unreadable.</exception>
    public string Read()
    {
        try
        {
            return File.ReadAllText(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"cannot read what the editor left, nothing was changed: {e.Message}");
        }
    }

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
