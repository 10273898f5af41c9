using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Daemon.Linux;

/// <summary>Which file something is, whose it is, and who may change it: what .NET has no call for.</summary>
internal readonly partial record struct FileStatus(FileIdentity Identity, uint UserId, uint GroupId, uint Links, uint TypeAndMode)
{
    private const int AtWorkingFolder = -100;
    private const int DoNotFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint BasicMask = 0x7ff; // STATX_BASIC_STATS

    private const uint TypeMask = 0xf000;
    private const uint Folder = 0x4000;
    private const uint Regular = 0x8000;
    private const uint Link = 0xa000;
    private const uint Sticky = 0x200; // S_ISVTX

    public UnixFileMode Mode => (UnixFileMode)(TypeAndMode & 0xfff);

    public bool IsFolder => (TypeAndMode & TypeMask) == Folder;

    public bool IsRegular => (TypeAndMode & TypeMask) == Regular;

    public bool IsLink => (TypeAndMode & TypeMask) == Link;

    /// <summary>In a folder with this bit nobody removes or renames what belongs to somebody else.</summary>
    public bool IsSticky => (TypeAndMode & Sticky) != 0;

    /// <summary>What the path itself names, be it a link; null when there is nothing, or nothing that can be seen.</summary>
    public static FileStatus? Of(string path) => Get(AtWorkingFolder, path, DoNotFollow);

    /// <summary>An open file or folder.</summary>
    public static FileStatus? Of(SafeFileHandle handle)
    {
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            return Get((int)handle.DangerousGetHandle(), "", EmptyPath);
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static FileStatus? Get(int folder, string path, int flags)
    {
        Native status = default;
        return GetStatus(folder, path, flags, BasicMask, ref status) == 0
            ? new FileStatus(
                new FileIdentity(((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode),
                status.UserId,
                status.GroupId,
                status.Links,
                status.Mode)
            : null;
    }

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
    private static partial int GetStatus(int folder, string path, int flags, uint mask, ref Native status);
}

/// <summary>Tells a file from another that has taken its name.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode);
