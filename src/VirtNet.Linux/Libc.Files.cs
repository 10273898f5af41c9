using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux;

/// <content>Files, where .NET has no call for it.</content>
internal static partial class Libc
{
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
