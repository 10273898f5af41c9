using System.Net;
using System.Net.Sockets;

namespace VirtNet.Model;

/// <summary>A static route by way of a host inside one of the network's subnets.</summary>
public sealed record RouteDefinition(IPAddress Address, IPAddress Gateway)
{
    /// <summary>The <c>family</c> attribute as written; null when absent.</summary>
    public string? Family { get; init; }

    public IPAddress? Netmask { get; init; }

    /// <summary>Null = not given.</summary>
    public uint? Prefix { get; init; }

    /// <summary>0 = not given.</summary>
    public uint Metric { get; init; }

    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The prefix in force; a missing one counts as 0, as in libvirt.</summary>
    public int EffectivePrefix =>
        Prefix is { } prefix ? (int)prefix : Netmask is { } mask ? Subnet.PrefixOf(mask) ?? 0 : 0;
}
