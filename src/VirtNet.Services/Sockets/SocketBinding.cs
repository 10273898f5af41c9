using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>What tells a socket from another: its kind, and what it is bound to.</summary>
/// <param name="Local">Without a port for raw sockets; none for packet sockets.</param>
/// <param name="Device">The number of the interface that it is bound to, by SO_BINDTODEVICE or by its address; 0 = none.</param>
/// <param name="Protocol">For packet sockets what they hear (<see cref="PacketTopic"/>).</param>
/// <param name="Listens">Whether it accepts connections.</param>
internal readonly record struct SocketBinding(int Family, int Type, int Protocol, NetEndpoint Local, int Device, bool Listens)
{
    public static SocketBinding Udp(NetEndpoint local, int device) =>
        new(FamilyOf(local), Libc.SockDgram, Libc.ProtocolUdp, local, DeviceOf(local, device), Listens: false);

    /// <summary>Of one that listens.</summary>
    public static SocketBinding Tcp(NetEndpoint local, int device) =>
        new(FamilyOf(local), Libc.SockStream, Libc.ProtocolTcp, local, DeviceOf(local, device), Listens: true);

    /// <summary>Of a raw socket.</summary>
    public static SocketBinding IcmpV6(int device) => new(
        Libc.AfInet6, Libc.SockRaw, Libc.ProtocolIcmpV6, new NetEndpoint(NetAddress.AnyV6, 0), device, Listens: false);

    /// <summary>Of one that hears packets of an interface.</summary>
    public static SocketBinding Packet(int device, PacketTopic topic) =>
        new(Libc.AfPacket, Libc.SockDgram, (int)topic, default, device, Listens: false);

    /// <returns>False for what is no socket of these kinds, or where the kernel is too old to say (before 5.1).</returns>
    public static unsafe bool TryRead(FileDescriptor socket, out SocketBinding binding)
    {
        binding = default;
        if (!Libc.TryGetOption(socket, Libc.SoDomain, out int family)
            || family is not (Libc.AfInet or Libc.AfInet6 or Libc.AfPacket)
            || !Libc.TryGetOption(socket, Libc.SoType, out int type)
            || !Libc.TryGetOption(socket, Libc.SoProtocol, out int protocol)
            || !Libc.TryGetOption(socket, Libc.SoBindToIndex, out int device)
            || !Libc.TryGetOption(socket, Libc.SoAcceptsConnections, out int accepts))
        {
            return false;
        }

        uint length = NetEndpoint.MaxSocketAddressLength;
        byte* raw = stackalloc byte[(int)length];
        if (Libc.GetSocketName(socket, raw, &length) != 0)
        {
            return false;
        }

        if (family == Libc.AfPacket)
        {
            bool known = Libc.TryGetOption(socket, Libc.SoPriority, out int topic);
            binding = Packet(*(int*)(raw + 4), (PacketTopic)topic) with { Type = type }; // sll_ifindex
            return known;
        }

        NetEndpoint local = NetEndpoint.FromSocketAddress(new ReadOnlySpan<byte>(raw, (int)length));
        local = type == Libc.SockRaw ? local with { Port = 0 } : local; // what is there is the protocol
        binding = new SocketBinding(family, type, protocol, local, device, accepts != 0);
        return true;
    }

    /// <summary>Whether one of the two would be in the other's way, whatever interfaces they are bound to.</summary>
    public bool Hinders(SocketBinding other) =>
        Family == other.Family && Protocol == other.Protocol && Local.Address == other.Local.Address && Local.Port == other.Local.Port;

    private static int FamilyOf(NetEndpoint local) => local.Address.IsV6 ? Libc.AfInet6 : Libc.AfInet;

    private static int DeviceOf(NetEndpoint local, int device) => device == 0 ? (int)local.Scope : device;
}
