namespace VirtNet.Services.Sockets;

/// <summary>
/// What a packet socket hears. The socket itself carries it, as the priority of what it would send, and it sends nothing: so the
/// next process knows one from the other.
/// </summary>
internal enum PacketTopic
{
    /// <summary>The default of the kernel.</summary>
    Dhcp4 = 0,

    RouterSolicitations = 1,

    Dhcp6 = 2,
}
