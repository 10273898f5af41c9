using System.Text;

namespace VirtNet.Cli.Editing;

/// <summary>
/// A text in a file of a folder of its own that only the user may enter, for an editor, which may put files beside it and sees
/// none of others. Gone afterwards unless it is kept.
/// </summary>
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
        string own = System.IO.Path.Combine(directory, $"virtnet-{Guid.NewGuid():N}");
        string path = System.IO.Path.Combine(own, "virtnet.xml");
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        bool isMade = false;
        try
        {
            if (!Directory.Exists(directory))
            {
                throw new DirectoryNotFoundException("there is no such folder");
            }

            Directory.CreateDirectory(own, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            isMade = true;
            using FileStream file = new(path, options);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (isMade)
            {
                RemoveFolder(own);
            }

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
            RemoveFolder(System.IO.Path.GetDirectoryName(Path)!);
        }
    }

    /// <summary>With what the editor left in it.</summary>
    private static void RemoveFolder(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is private, and what was edited is saved: no reason to fail.
        }
    }
}
