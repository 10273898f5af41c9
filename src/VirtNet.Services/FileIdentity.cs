using System.Runtime.InteropServices;

namespace VirtNet.Services;

/// <summary>
/// Which file a path leads to: two looks at one path are equal only if nobody put another file in its place. The number of
/// an inode is given again only when nobody has the file open any more.
/// </summary>
internal readonly partial record struct FileIdentity(ulong Device, ulong Inode)
{
    private const int Here = -100; // AT_FDCWD
    private const uint WantInode = 0x100; // STATX_INO
    private const int InodeOffset = 32; // in struct statx (linux/stat.h), the same on every architecture
    private const int DeviceOffset = 136;
    private const int StructLength = 256;

    /// <returns>Null where there is no file, or it cannot be seen.</returns>
    public static FileIdentity? Of(string path)
    {
        Span<byte> status = stackalloc byte[StructLength];
        return Statx(Here, path, flags: 0, WantInode, ref status[0]) == 0
            ? new FileIdentity(
                MemoryMarshal.Read<ulong>(status[DeviceOffset..]), // major and minor number
                MemoryMarshal.Read<ulong>(status[InodeOffset..]))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte status);
}
