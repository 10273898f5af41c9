using System.Globalization;
using System.Net.Sockets;
using VirtNet.Host.Firewall;
using VirtNet.Host.Publishing;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Iptables;

/// <summary>Renders what a network publishes as rules of its bridge's chains, first to last.</summary>
internal static class PublicationRenderer
{
    /// <summary>The cluster match knows 32 nodes at most.</summary>
    private const int Slots = 32;

    private const string Seed = "1986622068"; // it must stay: clients come back to where they were

    /// <summary>With those of its peers.</summary>
    public static IReadOnlyList<IptablesRule> Render(FirewallRules rules, bool ipv6) =>
        [.. PeerRenderer.Render(rules, ipv6), .. Published(rules, ipv6)];

    private static List<IptablesRule> Published(FirewallRules rules, bool ipv6)
    {
        HostPublication[] publications = [.. rules.Publications.Where(publication => publication.Ipv6 == ipv6)];
        if (publications.Length == 0)
        {
            return [];
        }

        List<IptablesRule> rendered = [];
        foreach (HostPublication publication in publications.OrderBy(publication => publication.Ports is { IsSingle: true } ? 0 : 1)) // a stable sort
        {
            if (publication.IsOwnAddress)
            {
                rendered.Add(new IptablesRule(
                    IptablesChains.Filter, PublicationChains.ChainOf(PublicationChains.Door, rules.Bridge),
                    $"{ByOriginal(publication, publication.Ports)} -j ACCEPT"));
                continue;
            }

            foreach (HostPublication piece in Pieces(publication))
            {
                rendered.AddRange(Translated(rules.Bridge, piece));
                rendered.AddRange(piece.Targets.Count == 0 ? Refused(rules.Bridge, piece) : piece.IsHostPort ? [LetIn(rules.Bridge, piece)] : []);
                rendered.AddRange(piece.Targets.Concat(piece.Down)
                    .Where(target => target.Address is not null).Select(target => Accepted(rules.Bridge, piece, target)));
            }
        }

        rendered.AddRange(Sources(rules, publications, ipv6));
        return rendered;
    }

    /// <summary>A range that goes to other ports of the host is one rule a port: REDIRECT knows no offset.</summary>
    private static IEnumerable<HostPublication> Pieces(HostPublication publication) =>
        publication is { Ports: { IsSingle: false } ports, Targets: [{ Address: null, FirstPort: { } first }] } && first != ports.First
            ? Enumerable.Range(0, ports.Count).Select(i => publication with
            {
                Ports = new PortRange((ushort)(ports.First + i)),
                Targets = [new HostTarget(null, (ushort)(first + i))],
            })
            : [publication];

    private static IEnumerable<IptablesRule> Translated(string bridge, HostPublication publication)
    {
        char kind = publication.Address is null ? PublicationChains.Any
            : publication.Ports is null ? PublicationChains.Whole : PublicationChains.Ports;
        string chain = PublicationChains.ChainOf(kind, bridge);
        string[] targets = publication.Targets.Count == 0 ? ["-j ACCEPT"] // untranslated it comes to the host, which refuses it
            : [.. Chosen(publication).Select(choice => $"{choice.Match}{Jump(publication, choice.Target)}")];
        return Clients(publication).SelectMany(client => targets.Select(target => new IptablesRule(
            IptablesChains.Nat, chain, Joined(client, NotOfLoopback(publication), To(publication), target))));
    }

    /// <summary>From ::1 nothing can be sent on to a guest: its caller hears so at once.</summary>
    private static string NotOfLoopback(HostPublication publication) =>
        publication is { Ipv6: true, Address: null } && publication.Targets.Any(target => target.Address is not null) ? "! -d ::1/128" : "";

    private static IEnumerable<(string Match, HostTarget Target)> Chosen(HostPublication publication)
    {
        ValueList<HostTarget> targets = publication.Targets;
        if (targets.Count == 1)
        {
            return [("", targets[0])];
        }

        switch (publication.Balance)
        {
            case Balance.Source:
                return SlotTable.Assign(targets, Slots).Select((target, slot) => (
                    $"-m cluster --cluster-total-nodes {Slots} --cluster-local-node {slot + 1} --cluster-hash-seed {Seed} ", targets[target]));
            case Balance.Random:
                int left = targets.Sum(target => target.Weight);
                List<(string, HostTarget)> chances = [];
                foreach (HostTarget target in targets)
                {
                    double chance = (double)target.Weight / left;
                    left -= target.Weight;
                    chances.Add((left == 0 ? "" : string.Create(
                        CultureInfo.InvariantCulture, $"-m statistic --mode random --probability {chance:F8} "), target));
                }

                return chances;
            default:
                IReadOnlyList<int> turns = TurnTable.Assign(targets);
                return turns.Select((target, turn) => (
                    turn == turns.Count - 1 ? "" : $"-m statistic --mode nth --every {turns.Count - turn} --packet 0 ", targets[target]));
        }
    }

    private static string Jump(HostPublication publication, HostTarget target)
    {
        if (target.Address is not { } address)
        {
            return target.FirstPort is { } to ? $"-j REDIRECT --to-ports {to}" : "-j REDIRECT";
        }

        string host = address.AddressFamily == AddressFamily.InterNetworkV6 && publication.Ports is not null ? $"[{address}]" : $"{address}";
        return "-j DNAT --to-destination " + (publication.Ports is not { } ports ? host
            : target.FirstPort is not { } first || (!ports.IsSingle && first == ports.First) ? $"{address}"
            : ports.IsSingle ? $"{host}:{first}"
            : $"{host}:{first}-{first + ports.Count - 1}/{ports.First}");
    }

    private static IptablesRule Accepted(string bridge, HostPublication publication, HostTarget target) => new(
        IptablesChains.Filter, PublicationChains.ChainOf(PublicationChains.Forward, bridge),
        Joined($"-d {target.Address}", IptablesMatch.ArrivedAt(publication, target), ByOriginal(publication, publication.Ports), "-j ACCEPT"));

    /// <summary>Where a connection was sent to at first, whatever became of that.</summary>
    private static string ByOriginal(HostPublication publication, PortRange? ports, string state = "") => Joined(
        "-m conntrack", state, publication.Protocol is { } protocol ? $"--ctproto {protocol.Name()}" : "", IptablesMatch.SentTo(publication, ports));

    /// <summary>To the host itself, whose port it comes to stays as closed to others as it is.</summary>
    private static IptablesRule LetIn(string bridge, HostPublication publication) => new(
        IptablesChains.Filter, PublicationChains.ChainOf(PublicationChains.Refused, bridge),
        Joined(IptablesMatch.ArrivedAt(publication, publication.Targets[0]), ByOriginal(publication, publication.Ports, "--ctstate DNAT"), "-j ACCEPT"));

    private static IEnumerable<IptablesRule> Refused(string bridge, HostPublication publication)
    {
        string chain = PublicationChains.ChainOf(PublicationChains.Refused, bridge);
        string how = publication.Protocol == PublishedProtocol.Tcp ? "-j REJECT --reject-with tcp-reset"
            : publication.Ipv6 ? IptablesFamily.Ipv6.Reject.Insert(0, "-j ") : IptablesFamily.Ipv4.Reject.Insert(0, "-j ");
        return Clients(publication).Select(client => new IptablesRule(
            IptablesChains.Filter, chain, Joined(client, To(publication), "-m conntrack ! --ctstate DNAT", how)));
    }

    private static IEnumerable<IptablesRule> Sources(FirewallRules rules, HostPublication[] publications, bool ipv6)
    {
        string chain = PublicationChains.ChainOf(PublicationChains.Source, rules.Bridge);
        string translated = $"-o {rules.Bridge} -m conntrack --ctstate DNAT";
        foreach (HostPublication whole in publications.Where(publication => publication is { Ports: null, IsOwnAddress: false }))
        {
            if (whole.Targets is [{ Address: { } owner }])
            {
                yield return Rule($"-s {owner} ! -o {rules.Bridge} -m conntrack ! --ctstate DNAT -j SNAT --to-source {whole.Address}");
            }
        }

        foreach (FirewallSubnet subnet in rules.Plan.Subnets.Where(subnet => subnet.IsIpv6 == ipv6))
        {
            yield return Rule($"-s {subnet.Network} {translated} -j MASQUERADE");
        }

        if (!ipv6)
        {
            yield return Rule($"-s 127.0.0.0/8 {translated} -j MASQUERADE");
        }

        yield return Rule($"{translated} -j ACCEPT"); // who comes from elsewhere keeps his address

        IptablesRule Rule(string words) => new(IptablesChains.Nat, chain, words);
    }

    private static string[] Clients(HostPublication publication)
    {
        string by = "";
        if (publication.Interface is { } name)
        {
            InterfaceNames.ThrowIfUnsafe(name);
            by = $"-i {name}";
        }

        return publication.Sources.Count == 0 ? [by] : [.. publication.Sources.Select(source => Joined($"-s {source}", by))];
    }

    private static string To(HostPublication publication) => Joined(
        publication.Address is { } address ? $"-d {address}" : "",
        publication is { Protocol: { } protocol, Ports: { } ports } ? $"-p {protocol.Name()} -m {protocol.Name()} --dport {IptablesMatch.Ports(ports)}" : "");


    private static string Joined(params string[] parts) => string.Join(' ', parts.Where(part => part.Length > 0));
}
