using System.Globalization;
using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dnsmasq.Zone;

/// <content>What is done to the answers of other servers.</content>
internal static partial class DnsmasqLine
{
    private static LineVerdict? ApplyAnswerRule(string option, string value, LocalZoneBuilder zone)
    {
        AnswerRules rules = zone.AnswerRules;
        AnswerRules? changed;
        switch (option)
        {
            case "filter-A":
                changed = rules with { HiddenTypes = [.. rules.HiddenTypes, DnsType.A] };
                break;
            case "filter-AAAA":
                changed = rules with { HiddenTypes = [.. rules.HiddenTypes, DnsType.Aaaa] };
                break;
            case "filter-rr":
                return FilterTypes(value, zone);
            case "max-ttl":
                return Seconds(value, seconds => SetTimes(zone, rules.Times with { MostTold = seconds }));
            case "neg-ttl":
                return Seconds(value, seconds => SetTimes(zone, rules.Times with { WithoutSoa = seconds }));
            case "max-cache-ttl":
                return Seconds(value, seconds => SetTimes(zone, rules.Times with { MostKept = seconds }));
            case "min-cache-ttl":
                return Seconds(value, seconds => SetTimes(zone, rules.Times with { LeastKept = Math.Min(seconds, AnswerTimes.MaxLeastKept) }));
            case "stop-dns-rebind":
                changed = rules with { StopsRebinding = true };
                break;
            case "rebind-localhost-ok":
                changed = rules with { MayBeLoopback = true };
                break;
            case "rebind-domain-ok":
                changed = DomainsOf(value) is not { } domains ? null
                    : domains.Count == 0 ? rules with { PlainNamesMayBePrivate = true }
                    : rules with { MayBePrivate = [.. rules.MayBePrivate, .. domains] };
                break;
            case "alias":
                changed = Alias(value) is { } alias ? rules with { Changes = [.. rules.Changes, alias] } : null;
                break;
            case "bogus-nxdomain":
                changed = SubnetOf(value) is { } bogus ? rules with { Bogus = [.. rules.Bogus, bogus] } : null;
                break;
            case "ignore-address":
                changed = SubnetOf(value) is { } ignored ? rules with { Ignored = [.. rules.Ignored, ignored] } : null;
                break;
            default:
                return null;
        }

        return changed is null ? LineVerdict.Malformed : Do(() => zone.AnswerRules = changed);
    }

    private static void SetTimes(LocalZoneBuilder zone, AnswerTimes times) => zone.AnswerRules = zone.AnswerRules with { Times = times };

    /// <summary><c>type,…</c>, by their names or numbers.</summary>
    private static LineVerdict FilterTypes(string value, LocalZoneBuilder zone)
    {
        List<DnsType> types = [];
        foreach (string word in Words.Split(value))
        {
            if (!RecordTypeName.IsOne(word))
            {
                return LineVerdict.Malformed;
            }

            if (!Enum.TryParse(word, ignoreCase: true, out DnsType type) || type == DnsType.Any)
            {
                return LineVerdict.Unsupported;
            }

            types.Add(type);
        }

        return Do(() => zone.AnswerRules = zone.AnswerRules with { HiddenTypes = [.. zone.AnswerRules.HiddenTypes, .. types] });
    }

    /// <summary><c>domain</c> or <c>/domain/…/</c>; none: names without a dot.</summary>
    private static List<DnsName>? DomainsOf(string value)
    {
        string[] parts = HiddenText.Reveal(value).Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        DnsName?[] names = [.. parts.Select(DnsName.TryParse)];
        return Array.Exists(names, name => name is null) ? null : [.. names.OfType<DnsName>()];
    }

    /// <summary><c>address or first-last,address in its place[,mask]</c>.</summary>
    private static AddressChange? Alias(string value)
    {
        string[] words = Words.Split(value);
        string[] ends = words[0].Split('-', StringSplitOptions.TrimEntries);
        IPAddress? first = DnsmasqAddress.TryParseIpv4(ends[0]);
        IPAddress? last = ends.Length > 1 ? DnsmasqAddress.TryParseIpv4(ends[1]) : first;
        IPAddress? to = words.Length > 1 ? DnsmasqAddress.TryParseIpv4(words[1]) : null;
        IPAddress? mask = words.Length > 2 ? DnsmasqAddress.TryParseIpv4(words[2]) : IPAddress.Broadcast;
        if (first is null || last is null || to is null || mask is null || ends.Length > 2 || words.Length > 3)
        {
            return null;
        }

        uint bits = Subnet.ToUInt32(mask);
        uint low = Subnet.ToUInt32(first);
        uint high = Subnet.ToUInt32(last);
        return ends.Length == 1 ? new AddressChange(low & bits, low | ~bits, Subnet.ToUInt32(to), bits)
            : low > high || (low & bits) != (high & bits) ? null
            : new AddressChange(low, high, Subnet.ToUInt32(to), bits);
    }

    /// <summary>An address, or several of them with a length behind /.</summary>
    private static IPNetwork? SubnetOf(string value)
    {
        string[] parts = value.Split('/');
        if (parts.Length > 2 || PlainAddress.TryParse(HiddenText.Reveal(parts[0])) is not { } address)
        {
            return null;
        }

        int most = address.GetAddressBytes().Length * 8;
        int length = most;
        bool isGood = parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length);
        return isGood && length <= most ? new IPNetwork(Subnet.NetworkAddress(address, length), length) : null;
    }
}
