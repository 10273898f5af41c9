using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>How to open a socket that hears datagrams on one interface beneath the host's stack. It takes no port.</summary>
/// <param name="Device">The number of the interface.</param>
/// <param name="Topic">What it hears: there is one of each on an interface.</param>
/// <param name="Filter">A classic BPF program, which sees packets from their IP header on: what it keeps is heard.</param>
internal sealed record PacketSocketOptions(int Device, PacketTopic Topic, IReadOnlyList<Libc.FilterStep> Filter)
{
    /// <summary>Octets the kernel may queue for this socket. The kernel grants what it can.</summary>
    public required int ReceiveBuffer { get; init; }
}
