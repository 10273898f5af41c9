using System.Net;
using System.Net.Sockets;
using VirtNet.Model;

namespace VirtNet.Host;

/// <summary>How a running network reaches its other hosts: by a tunnel that is a port of its bridge.</summary>
/// <param name="Vni">Its number between the hosts.</param>
/// <param name="Local">This host's address, which the tunnel sends from.</param>
/// <param name="Peers">The addresses of the others. Nobody else is listened to.</param>
public sealed record HostSpan(uint Vni, IPAddress Local, ValueList<IPAddress> Peers)
{
    /// <summary>VXLAN's own (RFC 7348, 5).</summary>
    public const ushort Port = 4789;

    /// <summary>What a frame in a tunnel has around it: IP, UDP, VXLAN and its own Ethernet header.</summary>
    public static uint OverheadOf(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? 70u : 50u;

    /// <summary>
    /// Whether the tunnel finds out by itself, from what arrives, behind which host a guest is. Not where somebody else says so.
    /// </summary>
    public bool Learns { get; init; } = true;

    /// <summary>Whether each guest is held to its own MAC address and to addresses that are nobody else's.</summary>
    public bool Locks { get; init; }

    /// <summary>
    /// Whom this host tells of, where they are not found out about, and whose ports are locked: those it has leases of and ports for.
    /// </summary>
    public ValueList<SpanGuest> Guests { get; init; } = [];

    /// <summary>Addresses that are somebody's, on whatever host, where guests are held to what is theirs; one may be of several.</summary>
    public ValueList<SpanBinding> Bindings { get; init; } = [];

    /// <summary>The name of the tunnel on this host.</summary>
    public string Device => DeviceOf(Vni);

    /// <inheritdoc cref="Device"/>
    public static string DeviceOf(uint vni) => $"vn{vni}";

    /// <summary>
    /// What the tunnel sends from inside the network: the same on each start, and each host's own, since all have the same gateway.
    /// Locally administered.
    /// </summary>
    public MacAddress Mac
    {
        get
        {
            byte[] address = Local.GetAddressBytes();
            return new MacAddress([0x06, 0x76, .. address.AsSpan(^4..)]);
        }
    }
}
