using System.Text.RegularExpressions;

namespace VirtNet.Integration.Tests.Crowd;

/// <summary>
/// What programs print about a host's bridges (their names begin with "kb"), as facts that are the same on two hosts with the
/// same networks: without indexes, counters and times, and without what the kernel adds by itself. accept_dad is left out: it stays as it
/// was where IPv6 went from a bridge, and means nothing there.
/// </summary>
internal static partial class HostText
{
    private const string NftablesRules = "nft list table inet virtnet";
    private const string IptablesRules = "iptables-save | grep LIBVIRT; ip6tables-save | grep LIBVIRT";

    /// <summary>Prints everything, each part under a heading.</summary>
    /// <param name="backend">Whose rules are looked at.</param>
    /// <param name="bridges">Those whose traffic classes are looked at.</param>
    public static string Script(string backend, IEnumerable<string> bridges) => $$"""
        echo '== link'; ip -d -o link show type bridge
        echo '== address'; ip -o addr
        echo '== route'; ip route; ip -6 route
        echo '== setting'; cd /proc/sys/net; grep -Hs . ipv4/ip_forward ipv6/conf/all/forwarding ipv4/conf/kb*/forwarding \
          ipv6/conf/kb*/disable_ipv6 ipv6/conf/kb*/accept_ra ipv6/conf/kb*/autoconf ipv6/conf/kb*/forwarding
        echo '== traffic'; tc qdisc show; for dev in {{string.Join(' ', bridges)}}; do tc class show dev $dev; done 2>/dev/null
        echo '== rules'; {{(backend == "nftables" ? NftablesRules : IptablesRules)}}; true
        """;

    public static IEnumerable<string> Read(string output)
    {
        string heading = "", block = "";
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                heading = line[3..];
                continue;
            }

            IEnumerable<string> facts = heading switch
            {
                "link" => Link(line),
                "address" => Address(line),
                "route" => Route(line),
                "rules" => Rules(line, ref block),
                "traffic" when !line.Contains("kb", StringComparison.Ordinal) && !line.StartsWith("class", StringComparison.Ordinal) => [],
                _ => [line.Trim()],
            };
            foreach (string fact in facts)
            {
                yield return $"{heading}: {fact}";
            }
        }
    }

    private static IEnumerable<string> Link(string line)
    {
        string name = LinkName.Match(line).Groups[1].Value;
        if (name.StartsWith("kb", StringComparison.Ordinal))
        {
            yield return $"{name} {(UpFlag.IsMatch(line) ? "up" : "down")} " + string.Join(' ', LinkSettings.Matches(line));
        }
        else
        {
            yield return name; // nothing else may have made one
        }
    }

    private static IEnumerable<string> Address(string line) =>
        BridgeAddress.Match(line) is { Success: true } found && !line.Contains("inet6 fe80", StringComparison.Ordinal)
            ? [string.Join(' ', found.Groups.Values.Skip(1).Select(group => group.Value.Trim()))]
            : [];

    private static IEnumerable<string> Route(string line) =>
        line.Contains(" dev kb", StringComparison.Ordinal)
        && !line.StartsWith("fe80", StringComparison.Ordinal) && !line.StartsWith("multicast ff00", StringComparison.Ordinal)
            ? [RouteState.Replace(line, "").Trim()]
            : [];

    /// <summary>Of a set each element is a fact, of a chain each rule.</summary>
    /// <param name="block">The set or chain that the line is in; "elements" after its name while they are listed.</param>
    private static List<string> Rules(string line, ref string block)
    {
        string text = Counters.Replace(line, "counter").Trim();
        if (Block.Match(text) is { Success: true } named)
        {
            block = named.Value;
            return [block];
        }

        bool listed = text.StartsWith("elements = {", StringComparison.Ordinal);
        if (listed || block.EndsWith(" elements", StringComparison.Ordinal))
        {
            string set = listed ? block : block[..^" elements".Length];
            block = text.EndsWith('}') ? set : set + " elements";
            return
            [
                .. text.Replace("elements = {", "", StringComparison.Ordinal).Trim(' ', '}')
                    .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(element => $"{set} {element}"),
            ];
        }

        return [$"{block} {text}"];
    }

    [GeneratedRegex("^[0-9]+: ([^:@]+)")]
    private static partial Regex LinkName { get; }

    [GeneratedRegex("[<,]UP[,>]")]
    private static partial Regex UpFlag { get; }

    [GeneratedRegex(@"\b(mtu [0-9]+|group \S+|link/ether [0-9a-f:]+|stp_state [0-9]|forward_delay [0-9]+|vlan_filtering [0-9]|alias [^ \\]+)")]
    private static partial Regex LinkSettings { get; }

    [GeneratedRegex(@"^[0-9]+: (kb[0-9]+) +(inet6? [^ ]+)( brd [^ ]+)?")]
    private static partial Regex BridgeAddress { get; }

    [GeneratedRegex(" linkdown| expires .*| pref medium")]
    private static partial Regex RouteState { get; }

    [GeneratedRegex("^(set|map|chain) [^ ]+|^table .*")]
    private static partial Regex Block { get; }

    [GeneratedRegex("counter packets [0-9]+ bytes [0-9]+")]
    private static partial Regex Counters { get; }
}
