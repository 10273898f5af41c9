using System.Runtime.InteropServices;

namespace VirtNet.Linux;

/// <content>Packet sockets and questions about interfaces.</content>
internal static unsafe partial class Libc
{
    public const int AfPacket = 17;
    public const int SoAttachFilter = 26;

    public const int SolPacket = 263;

    /// <summary>Tells of each packet, in a control message (struct tpacket_auxdata), what the kernel knows of it.</summary>
    public const int PacketAuxiliaryData = 8;

    /// <summary>What this host sends is not heard (since Linux 4.20).</summary>
    public const int PacketIgnoreOutgoing = 23;

    /// <summary>SIOCGIFHWADDR.</summary>
    public const nuint GetHardwareAddress = 0x8927;

    [LibraryImport(Name, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(FileDescriptor descriptor, nuint request, byte* argument);

    [LibraryImport(Name, EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(
        FileDescriptor socket, byte* buffer, nuint length, int flags, byte* address, uint* addressLength);

    /// <summary>Lets a classic BPF program decide what a socket receives.</summary>
    public static void AttachFilter(FileDescriptor socket, IReadOnlyList<FilterStep> program)
    {
        FilterStep[] steps = [.. program];
        fixed (FilterStep* first = steps)
        {
            FilterProgram filter = new() { Length = (ushort)steps.Length, Steps = first };
            Check(
                SetSocketOption(socket, SolSocket, SoAttachFilter, &filter, (uint)sizeof(FilterProgram)),
                "setsockopt(SO_ATTACH_FILTER)");
        }
    }

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct FilterStep(ushort Code, byte JumpTrue, byte JumpFalse, uint Value);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FilterProgram
    {
        public ushort Length;
        public FilterStep* Steps;
    }
}
