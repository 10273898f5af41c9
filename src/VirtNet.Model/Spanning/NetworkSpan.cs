using System.Net;

namespace VirtNet.Model.Spanning;

/// <summary>A network that is one network on several hosts: the <c>&lt;span&gt;</c> in its extension.</summary>
/// <param name="Vni">
/// The number of the network between the hosts (VXLAN network identifier, RFC 7348, 5): 1 to <see cref="MaxVni"/>; 0 = none yet, a
/// fabric gives it one.
/// </param>
/// <param name="Hosts">Addresses of all hosts that have it, this one's among them; of one family, each once. Empty = a fabric names them.</param>
public sealed record NetworkSpan(uint Vni, ValueList<IPAddress> Hosts)
{
    /// <summary>
    /// Whether this host finds out by itself, from what arrives, behind which host a guest is. Not where a control plane (BGP EVPN,
    /// RFC 8365) tells it.
    /// </summary>
    public bool Learns { get; init; } = true;

    /// <summary>
    /// Whether each guest is held to its own: to the MAC address that its port is known to have, and to addresses that are nobody
    /// else's. Not where guests have further machines behind them.
    /// </summary>
    public bool Locks { get; init; } = true;

    /// <summary>A VNI has 24 bits.</summary>
    public const uint MaxVni = 0xffffff;

    /// <summary>Which members of a fabric have it: names with * for any letters and ? for one; null = all.</summary>
    public string? Members { get; init; }

    /// <summary>Whether it can run: until then it waits for its fabric.</summary>
    public bool IsComplete => Vni != 0 && Hosts.Count > 0;

    /// <summary>
    /// The gateway's MAC address where a definition says none: the same on all hosts, and different for each VNI. Locally
    /// administered, so that it is no guest's by chance.
    /// </summary>
    public MacAddress GatewayMac => new([0x02, 0x76, 0x6e, (byte)(Vni >> 16), (byte)(Vni >> 8), (byte)Vni]);
}
