using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Firewall;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Iptables;

/// <summary>Renders whom of other networks a network lets in, as rules of its bridge's chains.</summary>
internal static class PeerRenderer
{
    public static IEnumerable<IptablesRule> Render(FirewallRules rules, bool ipv6) =>
        ipv6 && !rules.Plan.Ipv6 ? [] : rules.Peers.SelectMany(peer => Render(rules.Bridge, peer, ipv6)).Distinct();

    private static IEnumerable<IptablesRule> Render(string bridge, HostPeer peer, bool ipv6)
    {
        InterfaceNames.ThrowIfUnsafe(peer.Bridge);
        string to = $"-i {peer.Bridge} -o {bridge}";
        string back = $"-i {bridge} -o {peer.Bridge}";
        const string Answer = "-m conntrack --ctstate ESTABLISHED --ctdir REPLY";
        if (peer.Protocol is not { } protocol)
        {
            yield return Door($"{to} -j ACCEPT");
            yield return Door($"{back} {Answer} -j ACCEPT");
        }

        foreach (PortRange ports in peer.Opened)
        {
            string of = $"-p {peer.Protocol!.Value.Name()} -m {peer.Protocol.Value.Name()}";
            string range = IptablesMatch.Ports(ports);
            yield return Door($"{to} {of} --dport {range} -j ACCEPT");
            yield return Door($"{back} {of} --sport {range} {Answer} -j ACCEPT");
        }

        foreach (string way in (string[])[to, back])
        {
            yield return Door($"{way} -p {(ipv6 ? "ipv6-icmp" : "icmp")} -m conntrack --ctstate RELATED -j ACCEPT");
        }

        AddressFamily family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

        // Where a packet came in is not known any more where sources are translated.
        foreach (IPNetwork subnet in peer.Subnets.Where(subnet => subnet.BaseAddress.AddressFamily == family))
        {
            yield return new IptablesRule(
                IptablesChains.Nat, PublicationChains.ChainOf(PublicationChains.Source, bridge), $"-s {subnet} -o {bridge} -j ACCEPT");
        }

        IptablesRule Door(string words) =>
            new(IptablesChains.Filter, PublicationChains.ChainOf(PublicationChains.Door, bridge), words);
    }
}
