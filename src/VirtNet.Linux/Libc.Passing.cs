using System.Runtime.InteropServices;

namespace VirtNet.Linux;

/// <content>Descriptors that one process passes on to another, and what tells sockets apart.</content>
internal static unsafe partial class Libc
{
    public const int AfUnix = 1;
    public const int SockStream = 1;

    public const int SoType = 3;
    public const int SoDetachFilter = 27;
    public const int SoAcceptsConnections = 30;
    public const int SoProtocol = 38;
    public const int SoDomain = 39;
    public const int SoBindToIndex = 62;
    public const int SoNamespaceCookie = 71;

    public const int ProtocolTcp = 6;
    public const int ProtocolUdp = 17;
    public const int ProtocolIcmpV6 = 58;

    private const int CopyDescriptor = 0; // F_DUPFD
    private const int CopyDescriptorCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int SetDescriptorFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC
    private const int MsgCloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    private const int Rights = 1; // SCM_RIGHTS

    /// <summary>How many descriptors one message of ours has at most.</summary>
    public const int MostPassed = 2;

    // struct cmsghdr, and room for the descriptors behind it.
    private const int ControlHeaderLength = 16;
    private const int ControlLength = ControlHeaderLength + (MostPassed * sizeof(int));

    /// <summary>Below are the standard streams.</summary>
    private const int LowestCopy = 3;

    /// <summary>A second descriptor of the same open file.</summary>
    /// <param name="survivesExec">Whether a program that this process becomes has it too.</param>
    public static FileDescriptor Copy(SafeHandle descriptor, bool survivesExec)
    {
        bool held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            int copy = Control(
                (int)descriptor.DangerousGetHandle(), survivesExec ? CopyDescriptor : CopyDescriptorCloseOnExec, LowestCopy);
            Check(copy, "fcntl(F_DUPFD)");
            return new FileDescriptor(copy);
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    /// <summary>Programs that this process starts do not get it.</summary>
    public static bool TryCloseOnExec(int descriptor) => Control(descriptor, SetDescriptorFlags, CloseOnExec) == 0;

    /// <returns>False if it is no socket, or the kernel does not know the option.</returns>
    public static bool TryGetOption(FileDescriptor socket, int option, out int value)
    {
        int read = 0;
        uint length = sizeof(int);
        bool known = GetSocketOption(socket, SolSocket, option, &read, &length) == 0;
        value = read;
        return known;
    }

    /// <summary>Tells network namespaces apart; 0 where the kernel does not say (before 5.14).</summary>
    public static ulong NamespaceCookie(FileDescriptor socket)
    {
        ulong cookie = 0;
        uint length = sizeof(ulong);
        return GetSocketOption(socket, SolSocket, SoNamespaceCookie, &cookie, &length) == 0 ? cookie : 0;
    }

    /// <summary>Two sockets of which each receives what is sent on the other, message by message.</summary>
    public static void Pair(out FileDescriptor one, out FileDescriptor other)
    {
        int* ends = stackalloc int[2];
        Check(MakePair(AfUnix, SockDgram | SockCloseOnExec, 0, ends), "socketpair");
        one = new FileDescriptor(ends[0]);
        other = new FileDescriptor(ends[1]);
    }

    /// <summary>Sends a message with descriptors, which whoever receives it has too from then on (SCM_RIGHTS).</summary>
    /// <param name="address">To whom; empty = to whom the socket is connected.</param>
    /// <param name="descriptors">At most <see cref="MostPassed"/>.</param>
    /// <returns>False if nobody takes it.</returns>
    public static bool TrySend(
        FileDescriptor socket, ReadOnlySpan<byte> address, ReadOnlySpan<byte> text, ReadOnlySpan<int> descriptors, int flags)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MostPassed);
        byte* control = stackalloc byte[ControlLength];
        int length = ControlHeaderLength + (descriptors.Length * sizeof(int));
        *(nuint*)control = (nuint)length;
        *(int*)(control + sizeof(nuint)) = SolSocket;
        *(int*)(control + sizeof(nuint) + sizeof(int)) = Rights;
        descriptors.CopyTo(new Span<int>(control + ControlHeaderLength, MostPassed));
        fixed (byte* name = address, start = text)
        {
            IoVector part = new() { Base = start, Length = (nuint)text.Length };
            MessageVector message = new()
            {
                Name = name,
                NameLength = (uint)address.Length,
                Parts = &part,
                PartCount = 1,
                Control = descriptors.IsEmpty ? null : control,
                ControlLength = descriptors.IsEmpty ? 0 : (nuint)length,
            };
            return SendMany(socket, &message, 1, flags | MsgNoSignal) == 1;
        }
    }

    /// <summary>Takes the next message, with the descriptors that came with it, without waiting.</summary>
    /// <returns>Its length; negative if there is none.</returns>
    public static int ReceivePassed(FileDescriptor socket, Span<byte> text, out FileDescriptor[] descriptors)
    {
        byte* control = stackalloc byte[ControlLength];
        fixed (byte* start = text)
        {
            IoVector part = new() { Base = start, Length = (nuint)text.Length };
            MessageVector message = new() { Parts = &part, PartCount = 1, Control = control, ControlLength = ControlLength };
            int count = ReceiveMany(socket, &message, 1, MsgDontWait | MsgCloseOnExec, null);
            bool passed = count == 1 && message.ControlLength >= ControlHeaderLength
                && *(int*)(control + sizeof(nuint)) == SolSocket && *(int*)(control + sizeof(nuint) + sizeof(int)) == Rights;
            int length = passed ? Math.Min((int)*(nuint*)control, ControlLength) - ControlHeaderLength : 0;
            descriptors = new FileDescriptor[length / sizeof(int)];
            for (int i = 0; i < descriptors.Length; i++)
            {
                descriptors[i] = new FileDescriptor(*(int*)(control + ControlHeaderLength + (i * sizeof(int))));
            }

            return count == 1 ? (int)message.Received : -1;
        }
    }

    [LibraryImport(Name, EntryPoint = "socketpair", SetLastError = true)]
    private static partial int MakePair(int family, int type, int protocol, int* ends);
}
