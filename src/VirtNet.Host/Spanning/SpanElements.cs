using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Spanning;

/// <summary>A network's rules as elements of the shared tables.</summary>
internal static class SpanElements
{
    private const int InterfaceLength = 16;

    public static IEnumerable<NftElement> In(SpanTable table, SpanRules rules) => Of(rules).Where(element => table.Has(element.Set));

    private static IEnumerable<NftElement> Of(SpanRules rules)
    {
        yield return Element(SpanTable.Tunnels, Interface(rules.Tunnel));
        yield return Element(SpanTable.Macs, Interface(rules.Tunnel)) with { Value = Convert.ToHexString(rules.Mac.ToArray()) };
        if (!IsIpv6(rules.Local))
        {
            yield return Element(SpanTable.Sources, Interface(rules.Tunnel)) with { Value = Convert.ToHexString(rules.Local.GetAddressBytes()) };
        }

        foreach (IPAddress gateway in rules.Gateways)
        {
            yield return Element(
                IsIpv6(gateway) ? SpanTable.Gateways6 : SpanTable.Gateways4, Interface(rules.Tunnel), gateway.GetAddressBytes());
        }

        byte[] vni = Number(rules.Vni);
        yield return Element(SpanTable.Vnis, vni.AsSpan(..3).ToArray());
        foreach (IPAddress peer in rules.Peers)
        {
            yield return Element(IsIpv6(peer) ? SpanTable.Senders6 : SpanTable.Senders4, vni, peer.GetAddressBytes());
            if (rules.Forwards)
            {
                yield return Element(
                    IsIpv6(peer) ? SpanTable.Hosts6 : SpanTable.Hosts4, Interface(rules.Bridge), peer.GetAddressBytes());
            }
        }
    }

    private static NftElement Element(string set, params byte[][] parts) => new(set, Convert.ToHexString([.. parts.SelectMany(part => part)]));

    private static byte[] Interface(string name)
    {
        byte[] octets = new byte[InterfaceLength];
        Encoding.UTF8.GetBytes(name, octets);
        return octets;
    }

    /// <summary>24 bits, as they are in a packet; each part of a key fills words.</summary>
    private static byte[] Number(uint vni)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, vni << 8);
        return octets;
    }

    private static bool IsIpv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;
}
