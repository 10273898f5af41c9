using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux.Files;

/// <summary>
/// Which file something is, whose it is, and who may change it: what .NET has no call for (statx(2), Linux 4.11).
/// </summary>
/// <param name="Links">Names that the file has.</param>
/// <param name="TypeAndMode">As in <c>stx_mode</c>.</param>
public readonly partial record struct FileStatus(FileIdentity Identity, uint UserId, uint GroupId, uint Links, uint TypeAndMode)
{
    private const int AtWorkingFolder = -100; // AT_FDCWD
    private const int DoNotFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint BasicMask = 0x7ff; // STATX_BASIC_STATS

    private const uint TypeMask = 0xf000;
    private const uint Folder = 0x4000;
    private const uint Regular = 0x8000;
    private const uint Link = 0xa000;
    private const uint Socket = 0xc000;

    private FileStatus(in Native status)
        : this(
            new FileIdentity(((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode),
            status.UserId,
            status.GroupId,
            status.Links,
            status.Mode)
    {
    }

    /// <summary>The rights, with the bits that are set beside them.</summary>
    public UnixFileMode Mode => (UnixFileMode)(TypeAndMode & 0xfff);

    /// <summary>A directory.</summary>
    public bool IsFolder => (TypeAndMode & TypeMask) == Folder;

    /// <summary>A file with content of its own: no device, FIFO or socket.</summary>
    public bool IsRegular => (TypeAndMode & TypeMask) == Regular;

    /// <summary>What clients of a Unix socket connect to.</summary>
    public bool IsSocket => (TypeAndMode & TypeMask) == Socket;

    /// <summary>A symbolic link.</summary>
    public bool IsLink => (TypeAndMode & TypeMask) == Link;

    /// <summary>In a folder with this bit nobody removes or renames what belongs to somebody else.</summary>
    public bool IsSticky => (Mode & UnixFileMode.StickyBit) != 0;

    /// <summary>What the path itself names, be it a link; null when there is nothing, or nothing that can be seen.</summary>
    public static FileStatus? Of(string path) =>
        GetStatus(AtWorkingFolder, path, DoNotFollow, BasicMask, out Native status) == 0 ? new FileStatus(status) : null;

    /// <summary>What the path leads to, through all links; null when there is nothing, or nothing that can be seen.</summary>
    public static FileStatus? OfTarget(string path) =>
        GetStatus(AtWorkingFolder, path, flags: 0, BasicMask, out Native status) == 0 ? new FileStatus(status) : null;

    /// <summary>An open file or folder, also one that was opened as a path only (O_PATH).</summary>
    public static FileStatus? Of(SafeFileHandle handle) =>
        GetStatus(handle, "", EmptyPath, BasicMask, out Native status) == 0 ? new FileStatus(status) : null;

    /// <summary>struct statx (linux/stat.h): the same on every architecture, unlike struct stat.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Native
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(24)]
        public uint GroupId;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, out Native status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(SafeFileHandle file, string path, int flags, uint mask, out Native status);
}

/// <summary>
/// Tells a file from another that has taken its name. The number of an inode is given again only when nobody has the file
/// open any more.
/// </summary>
/// <param name="Device">Major and minor number.</param>
public readonly record struct FileIdentity(ulong Device, ulong Inode);
