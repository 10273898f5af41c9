using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Spanning;

/// <summary>A network's rules as elements of the shared tables.</summary>
internal static class SpanElements
{
    public static IEnumerable<NftElement> In(SpanTable table, SpanRules rules) => Of(rules).Where(element => table.Has(element.Set));

    private static IEnumerable<NftElement> Of(SpanRules rules)
    {
        yield return NftElement.Of(SpanTable.Tunnels, rules.Tunnel);
        yield return NftElement.Of(SpanTable.Macs, rules.Tunnel).To(rules.Mac.ToArray());
        if (!IsIpv6(rules.Local))
        {
            yield return NftElement.Of(SpanTable.Sources, rules.Tunnel).To(rules.Local);
        }

        foreach (IPAddress gateway in rules.Gateways)
        {
            yield return NftElement.Of(IsIpv6(gateway) ? SpanTable.Gateways6 : SpanTable.Gateways4, rules.Tunnel, gateway);
        }

        byte[] vni = Number(rules.Vni);
        yield return NftElement.Of(SpanTable.Vnis, vni.AsSpan(..3).ToArray());
        foreach (IPAddress peer in rules.Peers)
        {
            yield return NftElement.Of(IsIpv6(peer) ? SpanTable.Senders6 : SpanTable.Senders4, vni, peer);
            if (rules.Forwards)
            {
                yield return NftElement.Of(IsIpv6(peer) ? SpanTable.Hosts6 : SpanTable.Hosts4, rules.Bridge, peer);
            }
        }
    }

    /// <summary>24 bits, as they are in a packet; each part of a key fills words.</summary>
    private static byte[] Number(uint vni)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, vni << 8);
        return octets;
    }

    public static bool IsIpv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;
}
