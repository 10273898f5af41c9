using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux;

/// <content>Files, where .NET has no call for it.</content>
internal static partial class Libc
{
    // fcntl.h and errno.h: the same on every architecture that .NET runs on, but for the one below
    public const int OpenDoNotWait = 0x800; // O_NONBLOCK
    public const int OpenNoTerminal = 0x100; // O_NOCTTY
    public const int OpenCloseOnExec = 0x80000; // O_CLOEXEC
    public const int OpenPathOnly = 0x200000; // O_PATH
    public const int NoSuchFile = 2; // ENOENT

    /// <summary>O_NOFOLLOW.</summary>
    public static int OpenNoFollow { get; } =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <remarks>The third argument is a variadic one of C, which the processors that .NET runs on under Linux pass like any other.</remarks>
    [LibraryImport(Name, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle OpenFile(string path, int flags, uint mode);

    [LibraryImport(Name, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int folder, string path, int flags, uint mode);

    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial nint OpenAt2(long number, int folder, string path, OpenHow* how, nuint size);

    [LibraryImport(Name, EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint owner, uint group);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    /// <summary>struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
