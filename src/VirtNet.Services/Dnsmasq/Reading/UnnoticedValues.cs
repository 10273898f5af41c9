using System.Collections.Frozen;
using System.Globalization;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dnsmasq.Reading;

/// <summary>
/// Values of options that guests do not notice, as far as dnsmasq (2.90, measured) refuses some: it would not have started.
/// </summary>
internal static class UnnoticedValues
{
    private const int ShortestRetry = 50; // milliseconds
    private const int MostLimits = 4;

    private static readonly FrozenSet<string> Facilities = Names(
        """
        - auth authpriv cron daemon ftp kern lpr mail mark news security syslog user uucp
        local0 local1 local2 local3 local4 local5 local6 local7
        """);

    public static bool IsTaken(ConfLine line)
    {
        if (line.Value is not { } hidden)
        {
            return line.Option != "cache-size";
        }

        string value = HiddenText.Reveal(hidden);
        return line.Option switch
        {
            "cache-size" or "tftp-max" or "neg-ttl" or "max-ttl" or "min-cache-ttl" or "max-cache-ttl" or "log-async" or "edns-packet-max"
                or "dns-forward-max" or "dhcp-lease-max" => CNumber.Read(value) is not null,
            "query-port" or "min-port" or "max-port" => IsPort(value),
            "port-limit" or "max-tcp-connections" => CNumber.Read(value) > 0,
            "use-stale-cache" => CNumber.Read(value) >= 0,
            "connmark-allowlist-enable" => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint mask) && mask > 0,
            "fast-dns-retry" => IsRetry(value),
            "dnssec-limits" => Words.Split(value).Take(MostLimits).All(word => CNumber.Read(word) is not null),
            "tftp-port-range" => Words.Split(value) is { Length: 2 } ports && ports.All(IsPort),
            "dhcp-reply-delay" => IsDelay(hidden),
            "cache-rr" => Words.Split(value).All(RecordTypeName.IsOne),
            "auth-peer" => Words.Split(value).All(word => PlainAddress.TryParse(word) is not null),
            "local-service" => value is "net" or "host",
            "dnssec-check-unsigned" => value == "no",
            "log-facility" => value.Contains('/', StringComparison.Ordinal) || Facilities.Contains(value),
            "dhcp-duid" => IsDuid(value),
            "trust-anchor" => IsTrustAnchor(value),
            "ipset" => SetsOf(value).Length > 0,
            "nftset" => Words.Split(SetsOf(value)).All(set => set.Length > 0),
            _ => true,
        };
    }

    private static bool IsPort(string word) => CNumber.Read(word) is >= 0 and <= ushort.MaxValue;

    /// <summary><c>milliseconds[,milliseconds]</c>.</summary>
    private static bool IsRetry(string value)
    {
        string[] words = Words.Split(value);
        return words.Length <= 2 && words.All(word => CNumber.Read(word) is not null) && CNumber.Read(words[0]) >= ShortestRetry;
    }

    /// <summary><c>[tag:…,]seconds</c>.</summary>
    private static bool IsDelay(string value)
    {
        string? rest = value;
        Tags.TagCondition.Take(ref rest);
        return rest is not null && CNumber.Read(rest) is not null;
    }

    /// <summary><c>enterprise,octets</c>.</summary>
    private static bool IsDuid(string value) => Words.Cut(value) is var (enterprise, id) && id is not null
        && CNumber.Read(enterprise) is not null && IsHex(id);

    /// <summary><c>[domain][,class],tag,algorithm,digest type,digest</c>.</summary>
    private static bool IsTrustAnchor(string value)
    {
        (_, string? rest) = Words.Cut(value);
        if (rest is not null && Words.Cut(rest) is ("IN" or "CH" or "HS", var behind))
        {
            rest = behind;
        }

        string[] words = rest is null ? [] : rest.Split(',', 4, StringSplitOptions.TrimEntries);
        return words.Length == 4 && IsPort(words[0]) && CNumber.Read(words[1]) is >= 0 and <= byte.MaxValue
            && CNumber.Read(words[2]) is >= 0 and <= byte.MaxValue && IsHex(words[3]);
    }

    private static bool IsHex(string text) => text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '-' or ' ' or '*');

    /// <summary>What is behind <c>/domain/…/</c>.</summary>
    private static string SetsOf(string value) =>
        value.StartsWith('/') ? value[(value.LastIndexOf('/') + 1)..].Trim() : value;

    private static FrozenSet<string> Names(string text) =>
        text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
