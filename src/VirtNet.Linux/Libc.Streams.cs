using System.Runtime.InteropServices;

namespace VirtNet.Linux;

/// <content>What the standard streams of a small command need: the runtime's console opens and registers more than that.</content>
internal static partial class Libc
{
    public const int GetDescriptorFlags = 1;
    public const int ReadOnly = 0;
    public const int BadDescriptor = 9;

    /// <summary>Nobody reads any more.</summary>
    public const int BrokenPipe = 32;
    public const short PollOut = 4;
    public const short PollIn = 1;

    /// <summary>No descriptor has this number.</summary>
    public const short PollInvalid = 32;
    public const nuint GetWindowSize = 0x5413;

    [LibraryImport(Name, EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int descriptor, byte* buffer, nint length);

    [LibraryImport(Name, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollDescriptor descriptor, nuint count, int timeout);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command);

    [LibraryImport(Name, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Name, EntryPoint = "isatty")]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport(Name, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int ReadWindowSize(int descriptor, nuint request, out WindowSize size);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
