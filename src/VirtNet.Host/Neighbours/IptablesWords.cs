using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Iptables;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads one rule in the words of <c>iptables-save</c>.</summary>
internal static class IptablesWords
{
    /// <param name="words">Without <c>-A CHAIN</c>.</param>
    public static RuleLine Parse(string words)
    {
        List<RuleTest> tests = [];
        RuleVerdict verdict = RuleVerdict.None;
        string comment = "";
        string? from = null;
        string? to = null;
        ValueList<PortRange> ports = [];
        IPAddress? destination = null;
        MarkChange? mark = null;
        string extension = "";
        string[] tokens = [.. IptablesTokens.Split(words)];
        bool negated = false;
        for (int i = 0; i < tokens.Length; i++)
        {
            string value = i + 1 < tokens.Length ? tokens[i + 1] : "";
            RuleTest? test = null;
            switch (tokens[i])
            {
                case "!":
                    negated = true;
                    continue;
                case "-m":
                    extension = value;
                    i++;
                    continue;
                case "--comment":
                    comment = value;
                    i++;
                    continue;
                case "-j":
                    mark = IptablesMarks.Change(tokens[(i + 1)..]);
                    verdict = Unfollows(tokens[(i + 1)..]) ? RuleVerdict.Unfollow : VerdictOf(value, jump: true);
                    i = tokens.Length; // what follows are the target's own options
                    continue;
                case "-g":
                    verdict = VerdictOf(value, jump: false);
                    i = tokens.Length;
                    continue;
                default:
                    test = TestOf(extension, tokens[i], value);
                    from ??= tokens[i] == "-i" && !negated ? OneLink(value) : null;
                    to ??= tokens[i] == "-o" && !negated ? OneLink(value) : null;
                    ports = tokens[i] is "--dport" or "--dports" && !negated ? PortsOf(value) : ports;
                    destination ??= tokens[i] == "-d" && !negated ? OneAddress(value) : null;
                    break;
            }

            bool not = negated;
            tests.Add(test is null ? _ => Match.Maybe : packet => not ? test(packet).Not() : test(packet));
            negated = false;
            i += tokens[i].StartsWith('-') && value is not "!" && !value.StartsWith('-') ? 1 : 0;
        }

        return new RuleLine(words, comment, tests, verdict) { In = from, Out = to, Ports = ports, Destination = destination, Marks = mark is null ? [] : [mark] };
    }

    /// <summary>Whether a target keeps connections from being followed, or has them followed apart from others.</summary>
    private static bool Unfollows(string[] target) =>
        target is ["NOTRACK", ..] || (target is ["CT", ..] && target.Any(word => word is "--notrack" or "--zone" or "--zone-orig" or "--zone-reply"));

    private static ValueList<PortRange> PortsOf(string list) =>
        PortRange.TryParseList(list.Replace(':', '-'), out ValueList<PortRange> ports) ? ports : [];

    private static IPAddress? OneAddress(string text) =>
        IPNetwork.TryParse(text, out IPNetwork subnet) && subnet.PrefixLength == (subnet.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)
            ? subnet.BaseAddress : IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    /// <returns>Null for the beginning of names.</returns>
    private static string? OneLink(string name) => name.EndsWith('+') ? null : name;

    private static RuleVerdict VerdictOf(string target, bool jump) => target switch
    {
        "ACCEPT" => RuleVerdict.Accept,
        "RETURN" => RuleVerdict.Return,
        "DNAT" or "REDIRECT" => RuleVerdict.Translate,
        "MASQUERADE" or "SNAT" or "NETMAP" => RuleVerdict.Hide,
        "QUEUE" or "NFQUEUE" or "SYNPROXY" or "TPROXY" => RuleVerdict.Unknown,
        _ when IptablesTokens.Drops(target) => RuleVerdict.Drop,
        _ when IptablesTokens.GoesOn(target) => RuleVerdict.None,
        _ => new RuleVerdict(jump ? VerdictKind.Jump : VerdictKind.Goto, target),
    };

    private static RuleTest? TestOf(string extension, string option, string value) => option switch
    {
        "-i" => packet => PacketFacts.Interface(packet.In, value, '+'),
        "-o" => packet => PacketFacts.Interface(packet.Out, value, '+'),
        "-s" => AnyOf(value, one => AddressOf(packet => packet.Source, one)),
        "-d" => AnyOf(value, one => AddressOf(packet => packet.Destination, one)),
        "-p" => packet => PacketFacts.Protocol(packet, value),
        "--dport" or "--dports" => AnyOf(value, one => packet => Port(packet.DestinationPort, one)),
        "--sport" or "--sports" => AnyOf(value, one => packet => Port(packet.SourcePort, one)),
        "--ctstate" or "--state" => AnyOf(value, one => packet => PacketFacts.State(packet, one)),
        "--ctproto" => packet => PacketFacts.Protocol(packet, value),
        "--ctorigdst" => AddressOf(packet => packet.OriginalDestination, value),
        "--ctorigdstport" => packet => packet.OriginalPort is { } port ? Port(port, value) : Match.Maybe,
        "--dst-type" => AnyOf(value, one => packet => packet.DestinationType is { } type ? Matches.Of(one.Equals(type, StringComparison.OrdinalIgnoreCase)) : Match.Maybe),
        "--mark" => IptablesMarks.Test(value, ofConnection: extension == "connmark"),
        "--icmp-type" => packet => Icmp(packet, value, ipv6: false),
        "--icmpv6-type" => packet => Icmp(packet, value, ipv6: true),
        "--hl-eq" => packet => packet.HopLimit is { } have ? Matches.Of(value == have.ToString(CultureInfo.InvariantCulture)) : Match.Maybe,
        "--pkt-type" => AnyOf(value, one => packet => packet.Delivery is not { } delivery ? Match.Maybe : Matches.Of(delivery == (one == "unicast" ? "host" : one))),
        "--ctdir" => packet => Matches.Of(packet.Established == value.Equals("REPLY", StringComparison.OrdinalIgnoreCase)),
        "-f" => _ => Match.No,
        _ => null,
    };

    private static RuleTest AnyOf(string list, Func<string, RuleTest> testOf)
    {
        RuleTest[] tests = [.. list.Split(',').Select(testOf)];
        return packet => tests.Select(test => test(packet)).Aggregate(Match.No, Matches.Or);
    }

    private static RuleTest AddressOf(Func<SamplePacket, IPAddress?> of, string wanted)
    {
        AddressTest test = PacketFacts.Addresses(wanted);
        return packet => of(packet) is { } address ? test(address) : Match.Maybe;
    }

    private static Match Port(ushort have, string wanted)
    {
        int colon = wanted.IndexOf(':', StringComparison.Ordinal);
        return ushort.TryParse(colon < 0 ? wanted : wanted[..colon], CultureInfo.InvariantCulture, out ushort from)
            && ushort.TryParse(colon < 0 ? wanted : wanted[(colon + 1)..], CultureInfo.InvariantCulture, out ushort to)
                ? Matches.Of(have >= from && have <= to)
                : Match.Maybe;
    }

    /// <param name="value">A type, perhaps with a code behind a slash.</param>
    private static Match Icmp(SamplePacket packet, string value, bool ipv6) =>
        packet.IcmpType is not { } type || packet.IsIpv6 != ipv6 ? Match.No
        : value == "any" ? Match.Yes
        : Matches.Of(IcmpTypes.Parse(value.Split('/')[0], ipv6) == type);
}
