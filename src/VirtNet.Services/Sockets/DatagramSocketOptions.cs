using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>How to open a UDP socket.</summary>
/// <param name="Bind">Local address and port; port 0 lets the kernel choose one at random.</param>
internal sealed record DatagramSocketOptions(NetEndpoint Bind)
{
    /// <summary>
    /// Interface that alone may deliver to and carry from this socket (SO_BINDTODEVICE). Datagrams that this host sends to
    /// its own address arrive through the loopback and are not seen then.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>Whether it outlives this process, and is taken over from the one before.</summary>
    public bool IsKept { get; init; }

    /// <summary>Binds to an address that the host does not have yet, or that is still being checked for duplicates.</summary>
    public bool FreeBind { get; init; }

    /// <summary>Allows sending to a broadcast address.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Shares the port with sockets of other programs that also ask to share it (SO_REUSEADDR).</summary>
    public bool ReuseAddress { get; init; }

    /// <summary>Tells for each datagram its destination and interface.</summary>
    public bool PacketInfo { get; init; } = true;

    /// <summary>Octets the kernel may queue for this socket; 0 = its default. The kernel grants what it can.</summary>
    public int ReceiveBuffer { get; init; }

    /// <summary>Multicast groups to join on <see cref="Device"/>.</summary>
    public IReadOnlyList<NetAddress> Groups { get; init; } = [];

    /// <summary>Told about datagrams that could not be delivered; null: nobody wants to know.</summary>
    public UndeliveredHandler? Undelivered { get; init; }

    /// <summary>A classic BPF program, which says of each datagram how much of it is kept; null: all of all.</summary>
    public IReadOnlyList<Libc.FilterStep>? Filter { get; init; }
}
