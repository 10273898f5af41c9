using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VirtNet.Daemon.Configuration;
using VirtNet.Linux.Files;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Keeps a second daemon away from the same folders; the lock ends with the process, however it ends. The file holds the
/// process id. It is not for everybody to open: whoever can open a file can lock it, and so keep the daemon away.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How often the file may be exchanged between opening and locking it.</summary>
    private const int MaxAttempts = 20;

    private readonly string _path;
    private FileStream _file;

    private InstanceLock(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    public string Path => _path;

    /// <summary>Whether a second daemon would be kept away: it looks at the path.</summary>
    public bool IsInPlace => FileStatus.Of(_path)?.Identity == FileStatus.Of(_file.SafeFileHandle)?.Identity;

    /// <exception cref="ConfigurationException">Another daemon holds it.</exception>
    /// <exception cref="IOException">The file cannot be used.</exception>
    public static InstanceLock Take(string path)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            SafeFileHandle file = GuardedFile.OpenOrCreate(path, OwnerOnly);
            try
            {
                if (!GuardedFile.TryLock(file))
                {
                    throw new ConfigurationException($"another virtnetd runs already: {Holder(file)} holds {path}");
                }

                // One that was removed meanwhile locks nobody out.
                if (FileStatus.Of(file) is { } mine && mine.Identity == FileStatus.Of(path)?.Identity)
                {
                    return new InstanceLock(path, Claim(file));
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }

            file.Dispose();
        }

        throw new IOException($"cannot lock '{path}': somebody keeps replacing it");
    }

    /// <summary>Takes the lock again where somebody removed or replaced its file.</summary>
    /// <exception cref="ConfigurationException">Another daemon has come in meanwhile.</exception>
    /// <exception cref="IOException">The file cannot be used.</exception>
    public void Renew()
    {
        InstanceLock anew = Take(_path);
        _file.Dispose();
        _file = anew._file;
    }

    public void Dispose() => _file.Dispose();

    private static FileStream Claim(SafeFileHandle handle)
    {
        File.SetUnixFileMode(handle, OwnerOnly);
        FileStream file = new(handle, FileAccess.ReadWrite, bufferSize: 0);
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
        return file;
    }

    private static string Holder(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[16];
        int length = RandomAccess.Read(file, text, fileOffset: 0);
        return int.TryParse(text[..length].TrimEnd("\n"u8), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            ? string.Create(CultureInfo.InvariantCulture, $"process {process}")
            : "it";
    }
}
