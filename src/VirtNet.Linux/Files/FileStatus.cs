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
    private const uint Mask = 0xfff; // STATX_BASIC_STATS, STATX_BTIME
    private const uint HasBirth = 0x800; // STATX_BTIME

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
        Size = status.Size;
        Changed = status.Changed.ToInt64();
        Born = (status.Given & HasBirth) != 0 ? status.Born.ToInt64() : null;
    }

    /// <summary>Of the content, in bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>When the content was last written, in nanoseconds since 1970. Moves on in the ticks of the kernel's clock.</summary>
    public long Changed { get; init; }

    /// <summary>When the file was made, as above; null where the file system does not know.</summary>
    public long? Born { get; init; }

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
        GetStatus(AtWorkingFolder, path, DoNotFollow, Mask, out Native status) == 0 ? new FileStatus(status) : null;

    /// <summary>What the path leads to, through all links; null when there is nothing, or nothing that can be seen.</summary>
    public static FileStatus? OfTarget(string path) =>
        GetStatus(AtWorkingFolder, path, flags: 0, Mask, out Native status) == 0 ? new FileStatus(status) : null;

    /// <summary>An open file or folder, also one that was opened as a path only (O_PATH).</summary>
    public static FileStatus? Of(SafeFileHandle handle) =>
        GetStatus(handle, "", EmptyPath, Mask, out Native status) == 0 ? new FileStatus(status) : null;

    /// <summary>struct statx (linux/stat.h): the same on every architecture, unlike struct stat.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Native
    {
        [FieldOffset(0)]
        public uint Given; // stx_mask

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

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(80)]
        public Timestamp Born;

        [FieldOffset(112)]
        public Timestamp Changed;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Timestamp
    {
        public long Seconds;
        public uint Nanoseconds;

        public readonly long ToInt64() => (Seconds * 1_000_000_000) + Nanoseconds;
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
