using System.Text;

namespace VirtNet.Daemon.Files;

/// <summary>Writes whole files so that a reader, or a crash, sees the old or the new content and nothing between.</summary>
internal static class AtomicFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="durable">Whether the content must survive a power loss (files under /run need not).</param>
    public static void Write(string path, string content, bool durable, UnixFileMode mode = OwnerOnly)
    {
        string temporary = path + ".new";
        File.Delete(temporary);
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
            BufferSize = 0,
        };
        using (FileStream file = new(temporary, options))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
            if (durable)
            {
                file.Flush(flushToDisk: true);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }
}
