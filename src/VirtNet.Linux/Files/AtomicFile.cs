using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux.Files;

/// <summary>
/// Changes files as a whole: a reader, a crash or a full disk leaves the old or the new content, and nothing between. What
/// is durable survives a power loss once the call returned: for that the folder must be on disk too, not only the file.
/// </summary>
public static partial class AtomicFile
{
    /// <summary>The end of a name that a file has while it is written; nobody else's file is called so.</summary>
    public const string Temporary = ".vnew";

    /// <summary>What a name may be long for a file that is changed as a whole: file systems take 255 (NAME_MAX).</summary>
    private static readonly int MaxNameOctets = 255 - Temporary.Length;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether the last part of a path is too long to be written so.</summary>
    public static bool IsTooLong(string path) => Encoding.UTF8.GetByteCount(Path.GetFileName(path)) > MaxNameOctets;

    /// <param name="durable">Files under /run need not be.</param>
    public static void Write(string path, string content, bool durable, UnixFileMode mode = OwnerOnly) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(content)), durable, mode);

    /// <param name="write">Writes the content.</param>
    /// <param name="mode">Whatever the umask takes away.</param>
    public static void Write(string path, Action<Stream> write, bool durable, UnixFileMode mode)
    {
        string temporary = path + Temporary;
        File.Delete(temporary);
        Write(temporary, path, write, durable, mode);
    }

    /// <summary>
    /// Writes the file unless it is there with this content, this mode and of this user: to look costs a tenth, and no journal of a
    /// file system.
    /// </summary>
    public static void Refresh(string path, ReadOnlyMemory<byte> content, bool durable, UnixFileMode mode = OwnerOnly)
    {
        if (!Holds(path, content.Span, mode))
        {
            Write(path, stream => stream.Write(content.Span), durable, mode);
        }
    }

    /// <summary>Makes or replaces a symbolic link, durably.</summary>
    public static void Link(string path, string target)
    {
        string temporary = path + Temporary;
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, target);
        Rename(temporary, path, durable: true);
    }

    /// <summary>Gives a file another name in its folder, durably; a file of that name goes.</summary>
    public static void Rename(string path, string name) => Rename(path, name, durable: true);

    /// <summary>
    /// Removes what a program left behind that was killed while it wrote. Only while nobody writes there. What cannot be removed
    /// stays: it is in nobody's way.
    /// </summary>
    public static void RemoveTemporary(string folder)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*" + Temporary))
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a folder that cannot be read, or changed
        }
    }

    /// <summary>Removes a file, durably. Succeeds when there is none.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        SyncFolder(path);
    }

    private static bool Holds(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        try
        {
            return FileStatus.Of(path) is { IsRegular: true } status && status.Size == (ulong)content.Length && status.Mode == mode
                && status.UserId == Libc.EffectiveUserId() && RegularFile.Read(path, content.Length).SequenceEqual(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Write(string temporary, string path, Action<Stream> write, bool durable, UnixFileMode mode)
    {
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
            using (FileStream file = new(temporary, options))
            {
                write(file);
                File.SetUnixFileMode(file.SafeFileHandle, mode); // last: a change of owner clears bits of it
                file.Flush(flushToDisk: durable);
            }

            Rename(temporary, path, durable);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Rename(string temporary, string path, bool durable)
    {
        File.Move(temporary, path, overwrite: true);
        if (durable)
        {
            SyncFolder(path);
        }
    }

    /// <summary>.NET opens no folders.</summary>
    private static void SyncFolder(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        using SafeFileHandle handle = Libc.OpenFile(folder, Libc.OpenCloseOnExec, mode: 0);
        if (handle.IsInvalid || Synchronize(handle) != 0)
        {
            throw new IOException($"cannot synchronize '{folder}': {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(SafeFileHandle file);
}
