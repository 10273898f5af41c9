using System.Runtime.InteropServices;

namespace VirtNet.Model.Files;

/// <content>Files of others: whose they are stays as it is.</content>
public static partial class AtomicFile
{
    /// <summary>Writes a file that exists anew and keeps its mode and owner. A link stays one; its target is replaced.</summary>
    public static void Replace(string path, byte[] content)
    {
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        File.OpenHandle(target, FileMode.Open, FileAccess.Write).Dispose(); // who may not write it may not replace it either
        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            Write(temporary, content, target);
            Rename(temporary, target, durable: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Write(string path, byte[] content, string model)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using FileStream file = new(path, options);
        file.Write(content);
        CopyOwner(model, path);
        File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(model)); // last: a change of owner clears bits of it
        file.Flush(flushToDisk: true);
    }

    // .NET has no call for either: neither for a file's owner nor for changing it.
    private static void CopyOwner(string model, string path)
    {
        Stat status = default;
        if (GetStatus(AtWorkingFolder, model, flags: 0, OwnerMask, ref status) != 0
            || ChangeOwner(path, status.UserId, status.GroupId) != 0)
        {
            throw new IOException(
                $"cannot give '{path}' the owner of '{model}': {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private const int AtWorkingFolder = -100;
    private const uint OwnerMask = 0x8 | 0x10; // STATX_UID | STATX_GID

    /// <summary>struct statx up to its owner (linux/stat.h): the same on every architecture, unlike struct stat.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Stat
    {
        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(24)]
        public uint GroupId;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, ref Stat status);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
