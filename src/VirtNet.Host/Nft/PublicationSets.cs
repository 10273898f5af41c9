using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtNet.Host.Nft;

/// <summary>
/// The sets and maps of what networks publish, one for each kind of publication that is in use, and the rules that look them up. What
/// is more exact is asked first: a port, a range of ports, a whole address, any address. There is a second map of most kinds, whose
/// values are chains: for what is spread over several targets, or not for everybody.
/// </summary>
internal static partial class PublicationSets
{
    /// <summary>Bridges behind which there are targets.</summary>
    public const string Bridges = "pub_bridges";

    private const string Ports = "meta l4proto { tcp, udp, sctp } ";

    /// <summary>A port of an address: to an address and a port.</summary>
    public static string Exact(bool ipv6, bool chain) => Name("pub_port", ipv6, chain);

    /// <summary>A port of an address: to a port of the host.</summary>
    public static string ToHost(bool ipv6) => Name("pub_host", ipv6);

    /// <summary>A range of ports of an address: to the same ports of another.</summary>
    public static string Range(bool ipv6, bool chain) => Name("pub_range", ipv6, chain);

    /// <summary>A whole address: to another.</summary>
    public static string Whole(bool ipv6, bool chain) => Name("pub_whole", ipv6, chain);

    /// <summary>The way out of whom a whole address belongs to.</summary>
    public static string WayOut(bool ipv6) => Name("pub_out", ipv6);

    /// <summary>As <see cref="Exact"/>, on every address of the host.</summary>
    public static string AnyExact(bool ipv6, bool chain) => Name("pub_any_port", ipv6, chain);

    /// <summary>As <see cref="ToHost"/>, on every address of the host.</summary>
    public static string AnyToHost(bool ipv6) => Name("pub_any_host", ipv6);

    /// <summary>As <see cref="Range"/>, on every address of the host.</summary>
    public static string AnyRange(bool ipv6, bool chain) => Name("pub_any_range", ipv6, chain);

    /// <summary>
    /// What is let through: original address, protocol, original port, target, its port. All of them, so that nobody else's translation
    /// of the same port opens anything, and none of ours another port.
    /// </summary>
    /// <param name="any">Without the original address.</param>
    /// <param name="range">Ranges of ports.</param>
    public static string Accepted(bool ipv6, bool any, bool range) =>
        Name($"pub_accept{(any ? "_any" : "")}{(range ? "_range" : "")}", ipv6);

    /// <summary>As <see cref="Accepted"/>, whole addresses: the original one and the target.</summary>
    public static string AcceptedWhole(bool ipv6) => Name("pub_accept_whole", ipv6);

    /// <summary>What is let through to addresses that are guests' own, untranslated.</summary>
    public static string Door(bool ipv6, bool range) => Name($"pub_door{(range ? "_range" : "")}", ipv6);

    /// <inheritdoc cref="Door"/>
    public static string DoorWhole(bool ipv6) => Name("pub_door_whole", ipv6);

    /// <summary>Subnets whose guests reach their own neighbours by way of a publication: answers must come back the same way.</summary>
    public static string Hairpin(bool ipv6, int prefix) =>
        $"{Name("pub_hairpin", ipv6)}_{prefix.ToString(CultureInfo.InvariantCulture)}";

    public static bool IsOne(string set) => set.StartsWith("pub_", StringComparison.Ordinal);

    /// <summary>Null if virtnet has none of this name.</summary>
    public static NftSet? Make(string name)
    {
        if (name == Bridges)
        {
            return new NftSet(
                name, [NftField.Interface], NftValue.None,
                new(NftNames.GuestNat, -15, $"ct status dnat oifname @{name} ip saddr 127.0.0.0/8 masquerade"),
                // What comes from elsewhere keeps its source; asked before the rules that translate what guests send.
                new(NftNames.GuestNat, -10, $"ct status dnat oifname @{name} accept"));
        }

        if (HairpinName().Match(name) is { Success: true } hairpin)
        {
            return OfHairpin(name, hairpin.Groups["version"].Value == "6", int.Parse(hairpin.Groups["prefix"].Value, CultureInfo.InvariantCulture));
        }

        return SetName().Match(name) is { Success: true } match
            ? Of(name, match.Groups["kind"].Value, match.Groups["version"].Value == "6", match.Groups["chain"].Success)
            : null;
    }

    private static NftSet? Of(string name, string kind, bool ipv6, bool chain)
    {
        NftField address = ipv6 ? NftField.Ipv6 : NftField.Ipv4;
        NftField[] port = [NftField.Protocol, NftField.Port];
        NftField[] listen = [address, .. port];
        string ip = ipv6 ? "ip6" : "ip";
        string only = $"meta nfproto {(ipv6 ? "ipv6" : "ipv4")} ";
        NftValue toPort = chain ? NftValue.PublishedChain : ipv6 ? NftValue.Ipv6AndPort : NftValue.Ipv4AndPort;
        NftValue toAddress = chain ? NftValue.PublishedChain : ipv6 ? NftValue.Ipv6 : NftValue.Ipv4;
        string there = $"{ip} daddr . meta l4proto . th dport";
        const string AnyThere = "meta l4proto . th dport";
        string anyGuest = ipv6 ? "ip6 daddr != ::1 " : only; // from there nothing can be sent on: the caller hears so at once
        return kind switch
        {
            "port" => Counting(listen, toPort, Asked(NftNames.Publish, 10, "", there)),
            "host" when !chain => Counting(listen, NftValue.Port, Redirected(NftNames.Publish, 12, "", there)),
            "range" => Counting(listen, toAddress, Asked(NftNames.Publish, 20, "", there)) with { Ranges = true },
            "whole" => Counting([address], toAddress, Asked(NftNames.Publish, 30, "", $"{ip} daddr")),
            "out" when !chain => new NftSet(
                name, [address], toAddress,
                new NftRule(NftNames.WholeOut, 0, $"oifname != @{NftSet.Bridges} oifname != @{Bridges} snat {ip} to {ip} saddr map @{name}")),
            "any_port" => Counting(port, toPort, Asked(NftNames.PublishAny, 10, anyGuest, AnyThere)),
            "any_host" when !chain => Counting(port, NftValue.Port, Redirected(NftNames.PublishAny, 12, only, AnyThere)),
            "any_range" => Counting(port, toAddress, Asked(NftNames.PublishAny, 20, anyGuest, AnyThere)) with { Ranges = true },
            "accept" or "accept_range" when !chain => Accepting(
                [.. listen, address, NftField.Port], $"ct original {ip} daddr . meta l4proto . ct original proto-dst . {ip} daddr . th dport"),
            "accept_any" or "accept_any_range" when !chain => Accepting(
                [.. port, address, NftField.Port], $"meta l4proto . ct original proto-dst . {ip} daddr . th dport"),
            "accept_whole" when !chain => new NftSet(
                name, [address, address], NftValue.None,
                new NftRule(NftNames.PublishForward, 20, $"ct original {ip} daddr . {ip} daddr @{name} accept")),
            "door" or "door_range" when !chain => new NftSet(name, listen, NftValue.None, new NftRule(
                NftNames.Forward, -20,
                $"{Ports}ct original {ip} daddr . meta l4proto . ct original proto-dst @{name} accept")) { Ranges = kind == "door_range" },
            "door_whole" when !chain => new NftSet(
                name, [address], NftValue.None, new NftRule(NftNames.Forward, -19, $"ct original {ip} daddr @{name} accept")),
            _ => null,
        };

        NftSet Counting(NftField[] key, NftValue value, NftRule rule) => new(name, key, value, rule) { Counts = true };

        NftRule Asked(string inChain, int rank, string before, string key) => chain
            ? new NftRule(inChain, rank, $"{before}{key} vmap @{name}")
            : new NftRule(inChain, rank, $"{before}dnat {ip} to {key} map @{name}");

        NftRule Redirected(string inChain, int rank, string before, string key) =>
            new(inChain, rank, $"{before}{Ports}redirect to :{key} map @{name}");

        NftSet Accepting(NftField[] key, string words) => new(name, key, NftValue.None, new NftRule(
            NftNames.PublishForward, 10, $"{only}{Ports}{words} @{name} accept")) { Ranges = kind.EndsWith("range", StringComparison.Ordinal) };
    }

    private static NftSet? OfHairpin(string name, bool ipv6, int prefix)
    {
        if (prefix > (ipv6 ? 128 : 32))
        {
            return null;
        }

        string source = NftSet.Masked(ipv6, "saddr", prefix);
        return new NftSet(
            name, prefix == 0 ? [NftField.Interface] : [NftField.Interface, ipv6 ? NftField.Ipv6 : NftField.Ipv4], NftValue.None,
            new NftRule(
                NftNames.GuestNat, -20,
                $"{(prefix == 0 ? $"meta nfproto {(ipv6 ? "ipv6" : "ipv4")} " : "")}ct status dnat oifname{(prefix == 0 ? "" : " . ")}{source} @{name} masquerade"));
    }

    private static string Name(string kind, bool ipv6, bool chain = false) => $"{kind}{(ipv6 ? "6" : "4")}{(chain ? "_chain" : "")}";

    [GeneratedRegex("^pub_(?<kind>[a-z_]+?)(?<version>[46])(?<chain>_chain)?$")]
    private static partial Regex SetName();

    [GeneratedRegex("^pub_hairpin(?<version>[46])_(?<prefix>[0-9]{1,3})$")]
    private static partial Regex HairpinName();
}
