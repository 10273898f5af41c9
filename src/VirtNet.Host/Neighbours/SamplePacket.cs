using System.Net;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// A packet as guests of a network send or get it, to ask a firewall what it would do. What is null is not known.
/// </summary>
internal sealed record SamplePacket(Traffic Traffic, string? In, string? Out, IPAddress? Source, IPAddress? Destination)
{
    public const string ArpProtocol = "arp";

    public string Protocol { get; init; } = "udp";

    public ushort SourcePort { get; init; } = 40000;

    public ushort DestinationPort { get; init; }

    /// <summary>Whether it belongs to a connection that exists.</summary>
    public bool Established { get; init; }

    /// <summary>Whether its connection was sent elsewhere than it came to; <see cref="OriginalDestination"/> and its port say where that was.</summary>
    public bool IsTranslated { get; init; }

    public IPAddress? OriginalDestination { get; init; }

    public ushort? OriginalPort { get; init; }

    /// <summary>What its destination is to this host: local, broadcast, multicast or unicast.</summary>
    public string? DestinationType { get; init; } = "unicast";

    /// <summary>As a frame on the bridge: the interfaces are ports then.</summary>
    public bool IsFrame { get; init; }

    /// <summary>Of a frame, the port that it came in by.</summary>
    public string? InPort { get; init; }

    /// <summary>Of a frame, the port that it goes out by.</summary>
    public string? OutPort { get; init; }

    /// <summary>Of a frame, the guests of which one has sent it, or gets it: rules about a port know its one guest by address.</summary>
    public IPNetwork? Guests { get; init; }

    /// <summary>Of an ICMP message.</summary>
    public byte? IcmpType { get; init; }

    public byte? HopLimit { get; init; }

    /// <summary>What it has been marked with so far.</summary>
    public uint? Mark { get; init; } = 0;

    /// <summary>What its connection has been marked with so far.</summary>
    public uint? ConnectionMark { get; init; } = 0;

    /// <summary>What is known of links.</summary>
    public Func<string, LinkTraits?> Links { get; init; } = _ => null;

    /// <summary>Whether an address of this packet might as well be that other one: which guest it is about is not known.</summary>
    public bool MayHave(IPAddress other, IPAddress have) => IsFrame
        && ((Guests is { } guests && guests.Contains(have) && guests.Contains(other)) || (have.IsIPv6LinkLocal && other.IsIPv6LinkLocal));

    public bool IsArp => Protocol == ArpProtocol;

    /// <summary>The kernel follows no connection for it: IPv6 hosts looking for each other and for routers.</summary>
    public bool IsUntracked => IcmpType is >= IcmpTypes.RouterSolicitation and <= IcmpTypes.NeighbourAdvertisement && IsIpv6;

    /// <summary>How the link brought it: to all, to some, or to this host alone; null = not known.</summary>
    public string? Delivery => DestinationType switch
    {
        "broadcast" or "multicast" or null => DestinationType,
        _ => IsFrame ? null : "host", // a port's frame to the bridge is not to the port
    };

    public bool IsIpv6 => (Source ?? Destination)?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
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

    /// <summary>Guests finding the host on their link: ARP, and IPv6 neighbour discovery.</summary>
    Neighbours,

    /// <summary>Guests finding their IPv6 router.</summary>
    Routers,
    Ping,
}
