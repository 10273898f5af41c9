using System.Buffers;
using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>An address of an interface of this host.</summary>
internal readonly record struct HostAddress(int InterfaceIndex, NetAddress Address);

/// <summary>
/// Asks the kernel for the addresses of this host, or of one of its interfaces (rtnetlink, RTM_GETADDR), those still being
/// checked included.
/// </summary>
internal static unsafe class HostAddresses
{
    /// <summary>The kernel sends a dump in parts of at most this size.</summary>
    private const int MaxPart = 32 * 1024;
    private const ushort RequestDump = 0x301; // NLM_F_REQUEST | NLM_F_DUMP
    private const ushort GetAddress = 22;
    private const ushort NewAddress = 20;
    private const ushort Done = 3;
    private const ushort Error = 2;
    private const int AddressMessageLength = 8; // struct ifaddrmsg
    private const ushort AttributeAddress = 1;
    private const ushort AttributeLocal = 2;
    private const int IndexOffset = 4; // in struct ifaddrmsg
    private const int SolNetlink = 270;
    private const int StrictCheck = 12; // NETLINK_GET_STRICT_CHK: the kernel then heeds what the request says

    /// <param name="link">One interface; 0 = all.</param>
    public static IReadOnlyList<HostAddress> Read(int link = 0)
    {
        using FileDescriptor socket = Libc.Checked(
            Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockCloseOnExec, NetlinkQuery.NetlinkRoute), "socket(netlink)");
        Span<byte> request = stackalloc byte[NetlinkQuery.HeaderLength + AddressMessageLength];
        request.Clear();
        MemoryMarshal.Write(request, request.Length);
        MemoryMarshal.Write(request[4..], GetAddress);
        MemoryMarshal.Write(request[6..], RequestDump);
        MemoryMarshal.Write(request[(NetlinkQuery.HeaderLength + IndexOffset)..], link);
        Libc.TrySetOption(socket, SolNetlink, StrictCheck, 1);
        fixed (byte* start = request)
        {
            Libc.Check((int)Libc.Send(socket, start, (nuint)request.Length, 0), "send(netlink)");
        }

        List<HostAddress> found = [];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxPart);
        try
        {
            bool more = true;
            while (more)
            {
                fixed (byte* start = buffer)
                {
                    int length = (int)Libc.Receive(socket, start, (nuint)buffer.Length, 0);
                    Libc.Check(length, "recv(netlink)");
                    more = length > 0 && ReadMessages(buffer.AsSpan(0, length), found);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return link == 0 ? found : found.FindAll(one => one.InterfaceIndex == link); // an older kernel tells of all
    }

    /// <summary>On point-to-point links IFA_ADDRESS is the peer's; IFA_LOCAL, where present, is ours.</summary>
    internal static NetAddress AddressOf(NetlinkQuery.Entry address) => NetAddress.From(
        address.Find(AttributeLocal) is { IsEmpty: false } local ? local : address.Find(AttributeAddress));

    /// <summary>False after the last message of the answer.</summary>
    internal static bool ReadMessages(ReadOnlySpan<byte> data, List<HostAddress> found)
    {
        while (data.Length >= NetlinkQuery.HeaderLength)
        {
            int length = MemoryMarshal.Read<int>(data);
            ushort type = MemoryMarshal.Read<ushort>(data[4..]);
            if (length < NetlinkQuery.HeaderLength || length > data.Length || type is Done or Error)
            {
                return false;
            }

            if (NetlinkQuery.TryRead(data[..length], NewAddress, AddressMessageLength, out NetlinkQuery.Entry entry)
                && AddressOf(entry) is { IsNone: false } address)
            {
                found.Add(new HostAddress(MemoryMarshal.Read<int>(entry.Fixed[IndexOffset..]), address));
            }

            data = data[Math.Min(Align(length), data.Length)..];
        }

        return true;
    }

    private static int Align(int length) => (length + 3) & ~3;
}
