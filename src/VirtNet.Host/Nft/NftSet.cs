using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace VirtNet.Host.Nft;

/// <summary>What one part of a key is.</summary>
internal enum NftField
{
    /// <summary>The name of an interface: 16 bytes.</summary>
    Interface,

    Ipv4,

    Ipv6,

    /// <summary>The number of a transport protocol.</summary>
    Protocol,

    Port,
}

/// <summary>What a map gives for a key.</summary>
internal enum NftValue
{
    /// <summary>Nothing: it is a set.</summary>
    None,

    /// <summary>A chain.</summary>
    Verdict,

    /// <summary>A range of IPv4 addresses.</summary>
    Addresses,

    /// <summary>A range of IPv4 addresses and one of ports.</summary>
    AddressesAndPorts,

    Ipv4,

    Ipv6,

    Ipv4AndPort,

    Ipv6AndPort,

    Port,

    /// <summary>A chain that says where connections go; it is made before what points to it.</summary>
    PublishedChain,
}

/// <summary>A rule of a constant chain.</summary>
/// <param name="Rank">Its place among the rules of its chain.</param>
internal sealed record NftRule(string Chain, int Rank, string Text);

/// <summary>
/// A hash set or map of virtnet's table, and the rules that look it up. All of it follows from the name, so that what is in
/// the kernel says by itself what it is for. There is one for each prefix length that is in use, and for each other range of
/// ports: a packet is looked up once in each, however many networks there are.
/// </summary>
internal sealed partial record NftSet
{
    /// <summary>Interfaces of all networks that have rules.</summary>
    public const string Bridges = "bridges";

    /// <summary>Those of them that IPv6 is filtered for.</summary>
    public const string Bridges6 = "bridges6";

    /// <summary>From a bridge to itself.</summary>
    public const string Cross = "cross";

    private const int Returns = 20; // before every translation: an address may be in sets of several prefix lengths
    private const int Jumps = 30;

    private static readonly ConcurrentDictionary<string, NftSet> s_known = [];

    public NftSet(string name, NftField[] fields, NftValue value, params NftRule[] rules)
    {
        Name = name;
        Fields = fields;
        Value = value;
        Rules = rules;
    }

    public string Name { get; }

    public IReadOnlyList<NftField> Fields { get; }

    public NftValue Value { get; }

    public IReadOnlyList<NftRule> Rules { get; }

    /// <summary>Whether a port of its keys may be a range of ports.</summary>
    public bool Ranges { get; init; }

    /// <summary>Whether each element counts the packets that found it.</summary>
    public bool Counts { get; init; }

    /// <summary>The command that makes it; harmless where it is there.</summary>
    public string Command
    {
        get
        {
            string key = string.Join(" . ", Fields.Select(part => part switch
            {
                NftField.Interface => "ifname",
                NftField.Ipv4 => "ipv4_addr",
                NftField.Ipv6 => "ipv6_addr",
                NftField.Protocol => "inet_proto",
                _ => "inet_service",
            }));
            string value = Value switch
            {
                NftValue.None => "",
                NftValue.Verdict or NftValue.PublishedChain => " : verdict",
                NftValue.Addresses => " : interval ipv4_addr",
                NftValue.AddressesAndPorts => " : interval ipv4_addr . inet_service",
                NftValue.Ipv4 => " : ipv4_addr",
                NftValue.Ipv6 => " : ipv6_addr",
                NftValue.Ipv4AndPort => " : ipv4_addr . inet_service",
                NftValue.Ipv6AndPort => " : ipv6_addr . inet_service",
                _ => " : inet_service",
            };
            return $"add {(Value == NftValue.None ? "set" : "map")} {NftNames.Table} {Name} {{ type {key}{value};"
                + $"{(Ranges ? " flags interval;" : "")}{(Counts ? " counter;" : "")} }}";
        }
    }

    /// <summary>Sources that guests of a bridge may send from (to one interface only: with <paramref name="device"/>).</summary>
    public static string Output(bool ipv6, int prefix, bool device) => $"out{Device(device)}{Version(ipv6)}_{Number(prefix)}";

    /// <summary>Where guests may be reached; from outside only if they answer, or not.</summary>
    public static string Input(bool ipv6, int prefix, bool device, bool answersOnly) =>
        $"in{Device(device)}{Version(ipv6)}{(answersOnly ? "est" : "new")}_{Number(prefix)}";

    /// <summary>Sources that are translated.</summary>
    public static string Nat(bool ipv6, int prefix, bool device) => $"nat{Device(device)}{Version(ipv6)}_{Number(prefix)}";

    /// <summary>From a subnet to itself nothing is translated.</summary>
    public static string Same(bool ipv6, int prefix) => $"same{Version(ipv6)}_{Number(prefix)}";

    /// <summary>Addresses of bridges: what the host sends from there is translated too.</summary>
    public static string Host(bool ipv6, bool device) => $"host{Device(device)}{Version(ipv6)}";

    /// <summary>As <see cref="Same"/>, from a bridge's own address.</summary>
    public static string HostSame(bool ipv6, int prefix) => $"hostsame{Version(ipv6)}_{Number(prefix)}";

    /// <summary>Networks that are translated to ports other than the usual.</summary>
    public static string Ports(int start, int end) => $"ports_{Number(start)}_{Number(end)}";

    /// <summary>As <see cref="Ports"/>, for bridges' own addresses.</summary>
    public static string HostPorts(bool ipv6, int start, int end) =>
        $"hostports{Version(ipv6)}_{Number(start)}_{Number(end)}";

    /// <summary>Networks that are translated to given addresses; with their ports, or for protocols that have none.</summary>
    public static string Snat(bool host, bool any) => $"snat_{(host ? "host" : "guest")}{(any ? "_any" : "")}";

    /// <summary>The set of this name; null if virtnet has none of this name.</summary>
    public static NftSet? Named(string name) =>
        s_known.TryGetValue(name, out NftSet? known) ? known
        : Make(name) is { } made ? s_known.GetOrAdd(name, made)
        : null;

    private static NftSet? Make(string name)
    {
        switch (name)
        {
            case Bridges:
                return new NftSet(
                    name, [NftField.Interface], NftValue.None,
                    new(NftNames.Forward, 0, $"iifname @{name} jump {NftNames.GuestOutput}"),
                    new(NftNames.Forward, 1, $"oifname @{name} jump {NftNames.GuestInput}"));
            case Bridges6:
                return new NftSet(
                    name, [NftField.Interface], NftValue.None,
                    new(NftNames.GuestOutput, 90, $"iifname @{name} counter reject with icmpx port-unreachable"),
                    new(NftNames.GuestInput, 90, $"oifname @{name} counter reject with icmpx port-unreachable"));
            case Cross:
                return new NftSet(
                    name, [NftField.Interface, NftField.Interface], NftValue.None,
                    new(NftNames.GuestOutput, 50, $"iifname . oifname @{name} accept"),
                    new(NftNames.GuestInput, 50, $"iifname . oifname @{name} accept"));
            case NftNames.GuestOutput: // asked first: chains where hook scripts let something through
                return new NftSet(
                    name, [NftField.Interface], NftValue.Verdict, new NftRule(NftNames.GuestOutput, 0, $"iifname vmap @{name}"));
            case NftNames.GuestInput:
                return new NftSet(
                    name, [NftField.Interface], NftValue.Verdict, new NftRule(NftNames.GuestInput, 0, $"oifname vmap @{name}"));
            case NftNames.GuestNat: // of earlier versions, whose networks had a chain each, until these are theirs no more
                return new NftSet(
                    name, [NftField.Interface], NftValue.Verdict, new NftRule(NftNames.GuestNat, 0, $"iifname vmap @{name}"));
            case NftNames.HostNat4:
                return new NftSet(
                    name, [NftField.Ipv4], NftValue.Verdict, new NftRule(NftNames.GuestNat, 1, $"ip saddr vmap @{name}"));
            case NftNames.HostNat6:
                return new NftSet(
                    name, [NftField.Ipv6], NftValue.Verdict, new NftRule(NftNames.GuestNat, 2, $"ip6 saddr vmap @{name}"));
        }

        return PublicationSets.IsOne(name) ? PublicationSets.Make(name)
            : PeerSets.IsOne(name) ? PeerSets.Make(name)
            : Subnet().Match(name) is { Success: true } subnet ? OfSubnet(name, subnet)
            : HostName().Match(name) is { Success: true } host ? OfHost(name, host)
            : PortsName().Match(name) is { Success: true } ports ? OfPorts(name, ports)
            : SnatName().Match(name) is { Success: true } snat ? OfSnat(name, snat)
            : null;
    }

    private static NftSet? OfSubnet(string name, Match match)
    {
        bool ipv6 = match.Groups["version"].Value == "6";
        bool device = match.Groups["dev"].Success;
        string state = match.Groups["state"].Value;
        int prefix = int.Parse(match.Groups["prefix"].Value, CultureInfo.InvariantCulture);
        string kind = match.Groups["kind"].Value;
        if (prefix > (ipv6 ? 128 : 32) || (kind == "in") != state.Length > 0 || (device && kind is "same" or "hostsame"))
        {
            return null;
        }

        NftField address = ipv6 ? NftField.Ipv6 : NftField.Ipv4;
        NftField[] subnet = prefix == 0 ? [] : [address];
        NftField[] dev = device ? [NftField.Interface] : [];
        string family = ipv6 ? "ip6" : "ip";
        string source = Masked("saddr");
        string target = Masked("daddr");
        string only = prefix == 0 && kind != "hostsame" ? $"meta nfproto {(ipv6 ? "ipv6" : "ipv4")} " : "";
        return kind switch
        {
            "out" => new NftSet(name, [NftField.Interface, .. dev, .. subnet], NftValue.None, new NftRule(
                NftNames.GuestOutput, 20, $"{only}{Joined("iifname", device ? "oifname" : "", source)} @{name} return")),
            "in" => new NftSet(name, [NftField.Interface, .. dev, .. subnet], NftValue.None, new NftRule(
                NftNames.GuestInput, state == "est" ? 20 : 21,
                $"{only}{(state == "est" ? "ct state established,related " : "")}"
                + $"{Joined("oifname", device ? "iifname" : "", target)} @{name} accept")),
            "nat" => new NftSet(name, [NftField.Interface, .. dev, .. subnet], NftValue.None, new NftRule(
                NftNames.GuestNat, Jumps,
                $"{only}{Joined("iifname", device ? "oifname" : "", source)} @{name} goto {NftNames.Translate}")),
            "same" => new NftSet(name, [NftField.Interface, .. subnet, .. subnet], NftValue.None, new NftRule(
                NftNames.GuestNat, Returns, $"{only}{Joined("iifname", source, target)} @{name} return")),
            _ => new NftSet(name, [address, .. subnet], NftValue.None, new NftRule(
                NftNames.GuestNat, Returns, $"{Joined($"{family} saddr", target)} @{name} return")),
        };

        string Masked(string direction) => NftSet.Masked(ipv6, direction, prefix);
    }

    /// <summary>The part of an address that tells its subnet; empty where there is none to tell.</summary>
    public static string Masked(bool ipv6, string direction, int prefix)
    {
        string address = $"{(ipv6 ? "ip6" : "ip")} {direction}";
        return prefix == 0 ? "" : prefix == (ipv6 ? 128 : 32) ? address : $"{address} & {Mask(ipv6, prefix)}";
    }

    private static NftSet OfHost(string name, Match match)
    {
        bool ipv6 = match.Groups["version"].Value == "6";
        bool device = match.Groups["dev"].Success;
        NftField address = ipv6 ? NftField.Ipv6 : NftField.Ipv4;
        return new NftSet(name, device ? [address, NftField.Interface] : [address], NftValue.None, new NftRule(
            NftNames.GuestNat, Jumps,
            $"{(ipv6 ? "ip6" : "ip")} saddr{(device ? " . oifname" : "")} @{name} goto {NftNames.Translate}"));
    }

    private static NftSet OfPorts(string name, Match match)
    {
        string version = match.Groups["version"].Value;
        NftField field = version.Length == 0 ? NftField.Interface : version == "6" ? NftField.Ipv6 : NftField.Ipv4;
        string key = field switch
        {
            NftField.Interface => "iifname",
            NftField.Ipv4 => "ip saddr",
            _ => "ip6 saddr",
        };
        string to = $"counter masquerade to :{match.Groups["start"].Value}-{match.Groups["end"].Value}";
        return new NftSet(
            name, [field], NftValue.None,
            new(NftNames.Translate, 40, $"{key} @{name} meta l4proto tcp {to}"),
            new(NftNames.Translate, 40, $"{key} @{name} meta l4proto udp {to}"));
    }

    private static NftSet OfSnat(string name, Match match)
    {
        bool host = match.Groups["of"].Value == "host";
        bool any = match.Groups["any"].Success;
        string to = $"counter snat ip to {(host ? "ip saddr" : "iifname")} map @{name}";
        return new NftSet(
            name, [host ? NftField.Ipv4 : NftField.Interface], any ? NftValue.Addresses : NftValue.AddressesAndPorts,
            any ? [new(NftNames.Translate, 30, to)]
                : [new(NftNames.Translate, 20, $"meta l4proto tcp {to}"), new(NftNames.Translate, 20, $"meta l4proto udp {to}")]);
    }

    private static string Joined(params string[] parts) => string.Join(" . ", parts.Where(part => part.Length > 0));

    private static string Mask(bool ipv6, int prefix)
    {
        byte[] mask = new byte[ipv6 ? 16 : 4];
        for (int bit = 0; bit < prefix; bit++)
        {
            mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(mask).ToString();
    }

    private static string Device(bool device) => device ? "dev" : "";

    private static string Version(bool ipv6) => ipv6 ? "6" : "4";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?<kind>out|in|nat|same|hostsame)(?<dev>dev)?(?<version>[46])(?<state>est|new|)_(?<prefix>[0-9]{1,3})$")]
    private static partial Regex Subnet();

    [GeneratedRegex("^host(?<dev>dev)?(?<version>[46])$")]
    private static partial Regex HostName();

    [GeneratedRegex("^(ports|hostports(?<version>[46]))_(?<start>[0-9]{1,5})_(?<end>[0-9]{1,5})$")]
    private static partial Regex PortsName();

    [GeneratedRegex("^snat_(?<of>guest|host)(?<any>_any)?$")]
    private static partial Regex SnatName();
}
