using System.Net;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// A packet as guests of a network send or get it, to ask a firewall what it would do. What is null is not known.
/// </summary>
internal sealed record SamplePacket(Traffic Traffic, string? In, string? Out, IPAddress Source, IPAddress Destination)
{
    public string Protocol { get; init; } = "udp";

    public ushort SourcePort { get; init; } = 40000;

    public ushort DestinationPort { get; init; }

    /// <summary>Whether it belongs to a connection that exists.</summary>
    public bool Established { get; init; }

    /// <summary>What its destination is to this host: local, broadcast, multicast or unicast.</summary>
    public string DestinationType { get; init; } = "unicast";

    /// <summary>As a frame on the bridge: the interfaces are ports then, and not known.</summary>
    public bool IsFrame { get; init; }

    public bool IsIpv6 => Source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
}

/// <summary>What guests need a firewall to let through.</summary>
internal enum Traffic
{
    Dhcp,
    Dns,

    /// <summary>From guests to the outside, and what comes back.</summary>
    Outside,

    /// <summary>Among the guests of one network.</summary>
    Guests,
}
