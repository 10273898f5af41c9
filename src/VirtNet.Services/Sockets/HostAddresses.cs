using System.Buffers;
using System.Runtime.InteropServices;
using VirtNet.Linux;
using VirtNet.Linux.Netlink;

namespace VirtNet.Services.Sockets;

/// <summary>An address of an interface of this host.</summary>
internal readonly record struct HostAddress(int InterfaceIndex, NetAddress Address);

/// <summary>
/// Asks the kernel for the addresses of this host, or of one of its interfaces (rtnetlink, RTM_GETADDR), those still being
/// checked included.
/// </summary>
internal static unsafe class HostAddresses
{
    /// <summary>struct ifaddrmsg.</summary>
    internal const int FixedLength = 8;

    private const int IndexOffset = 4; // ifa_index
    private const int Attempts = 4; // then what there is has to do: addresses come and go all the time
    private const int MaxRequest = 32;
    private const int AttributeAddress = 1;
    private const int AttributeLocal = 2;

    /// <param name="link">One interface; 0 = all.</param>
    public static IReadOnlyList<HostAddress> Read(int link = 0)
    {
        using FileDescriptor socket = NetlinkSocket.OpenToAsk(waits: true);
        List<HostAddress> found = [];
        for (int attempt = 0; attempt < Attempts && !TryRead(socket, link, found); attempt++)
        {
        }

        return link == 0 ? found : found.FindAll(one => one.InterfaceIndex == link); // an older kernel tells of all
    }

    /// <summary>False if addresses changed while the kernel listed them, so that some may be missing.</summary>
    private static bool TryRead(FileDescriptor socket, int link, List<HostAddress> found)
    {
        found.Clear();
        NetlinkWriter request = new(stackalloc byte[MaxRequest]);
        request.BeginMessage(NetlinkType.GetAddress, NetlinkFlags.Dump);
        request.WriteZeros(IndexOffset);
        request.WriteUInt32((uint)link);
        request.EndMessage();
        fixed (byte* start = request.Written)
        {
            Libc.Check((int)Libc.Send(socket, start, (nuint)request.Written.Length, 0), "send(netlink)");
        }

        bool isWhole = true;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(NetlinkSocket.DatagramLimit);
        try
        {
            bool more = true;
            while (more)
            {
                fixed (byte* start = buffer)
                {
                    int length = (int)Libc.Receive(socket, start, (nuint)buffer.Length, 0);
                    Libc.Check(length, "recv(netlink)");
                    more = length > 0 && ReadMessages(buffer.AsSpan(0, length), found, ref isWhole);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return isWhole;
    }

    /// <summary>On point-to-point links IFA_ADDRESS is the peer's; IFA_LOCAL, where present, is ours.</summary>
    internal static HostAddress AddressOf(NetlinkEntry address) => new(
        MemoryMarshal.Read<int>(address.Fixed[IndexOffset..]),
        NetAddress.From(address.Find(AttributeLocal) is { IsEmpty: false } local ? local : address.Find(AttributeAddress)));

    /// <summary>False after the last message of the answer.</summary>
    /// <param name="isWhole">Becomes false where the kernel says that its list is not.</param>
    internal static bool ReadMessages(ReadOnlySpan<byte> data, List<HostAddress> found, ref bool isWhole)
    {
        foreach (NetlinkMessage message in new NetlinkMessages(data))
        {
            isWhole &= (message.Flags & NetlinkFlags.DumpInterrupted) == 0;
            if (message.Type is NetlinkType.Done or NetlinkType.Error)
            {
                return false;
            }

            if (NetlinkEntry.TryRead(message, NetlinkType.NewAddress, FixedLength, out NetlinkEntry entry)
                && AddressOf(entry) is { Address.IsNone: false } address)
            {
                found.Add(address);
            }
        }

        return true;
    }
}
