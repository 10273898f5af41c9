using System.Globalization;
using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dnsmasq.Reading;

/// <summary>Lines about where the network is served, and what it is called.</summary>
internal sealed class OwnLines(NetworkDefinition network)
{
    public DomainName? Domain { get; private set; } = network.Domain;

    /// <summary>Null for a line about something else.</summary>
    public LineVerdict? Take(ConfLine line)
    {
        string[] words = Words.Split(line.Value ?? "");
        return line.Option switch
        {
            "interface" => words.All(IsOwn) ? LineVerdict.Honoured : LineVerdict.WithoutEffect, // it is served on its bridge
            "listen-address" => TakeAddresses(words),
            "except-interface" or "no-dhcp-interface" or "no-dhcpv4-interface" or "no-dhcpv6-interface" =>
                words.Any(IsOwn) ? LineVerdict.Unsupported : LineVerdict.WithoutEffect,
            "domain" or "domain-suffix" => TakeDomain(words),
            _ => null,
        };
    }

    private bool IsOwn(string name) => name == network.BridgeName;

    private LineVerdict TakeAddresses(string[] words)
    {
        IPAddress?[] addresses = [.. words.Select(word => PlainAddress.TryParse(HiddenText.Reveal(word)))];
        return addresses.Contains(null) ? LineVerdict.Malformed
            : addresses.All(address => network.Ips.Any(ip => ip.Address.Equals(address))) ? LineVerdict.Honoured
            : LineVerdict.WithoutEffect;
    }

    private LineVerdict TakeDomain(string[] words)
    {
        string name = HiddenText.Reveal(words[0]);
        if (name.Length == 0)
        {
            return LineVerdict.WithoutEffect;
        }

        name = name == "#" ? OfHost() ?? name : name;
        if (name == "#" || words.Length > 3)
        {
            return LineVerdict.Unsupported;
        }

        bool isLocal = words.Length > 2 && words[^1] == "local" && (words.Length > 3 || PlainAddress.TryParse(words[1]) is null);
        if (!IsName(name))
        {
            return LineVerdict.Malformed;
        }

        if (words.Length > 1 && TakesIn(isLocal ? words[1..^1] : words[1..]) is var verdict && verdict != LineVerdict.Honoured)
        {
            return verdict;
        }

        Domain = new DomainName(name, isLocal ? true : Domain?.LocalOnly, Domain?.Register);
        return LineVerdict.Honoured;
    }

    private static bool IsName(string name) => Array.TrueForAll(name.Split('.'), label => label.Length <= DnsName.MaxLabelLength);

    /// <summary>Where the host itself looks for names first.</summary>
    private static string? OfHost() => LineFiles.LinesOf(ResolvConf.DefaultPath)
        .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .FirstOrDefault(words => words is ["search" or "domain", _, ..])?[1];

    /// <summary>
    /// Whether addresses that a domain is for are those of the network: <c>subnet/length</c>, <c>first[,last]</c>, or an interface.
    /// </summary>
    /// <returns>Without effect where they are others.</returns>
    private LineVerdict TakesIn(string[] words)
    {
        string[] parts = words[0].Split('/', 2);
        IPAddress? first = PlainAddress.TryParse(parts[0]);
        if (parts.Length == 2)
        {
            int length = 0; // no digits are 0
            bool isGood = first is not null && words.Length == 1
                && (parts[1].Length == 0 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length))
                && length <= first.GetAddressBytes().Length * 8;
            if (!isGood)
            {
                return LineVerdict.Malformed;
            }

            IPNetwork subnet = new(Subnet.NetworkAddress(first!, length), length);
            return Judge(ip => subnet.PrefixLength <= ip.PrefixLength && subnet.Contains(ip.BaseAddress), ip => ip.Contains(subnet.BaseAddress));
        }

        if (first is null)
        {
            return IsOwn(words[0]) ? LineVerdict.Honoured : LineVerdict.WithoutEffect; // what follows a name of an interface counts for nothing
        }

        IPAddress? last = words.Length > 1 ? PlainAddress.TryParse(words[1]) : first;
        return last is null || last.AddressFamily != first.AddressFamily ? LineVerdict.Malformed
            : Judge(_ => false, ip => ip.Contains(first) || ip.Contains(last));
    }

    /// <summary>All addresses of the network, or none; some only are more than can be told apart here.</summary>
    private LineVerdict Judge(Func<IPNetwork, bool> isInside, Func<IPNetwork, bool> touches)
    {
        IPNetwork[] own = [.. network.Ips.Select(ip => ip.Network).OfType<IPNetwork>()];
        return own.Any(isInside) ? LineVerdict.Honoured : own.Any(touches) ? LineVerdict.Unsupported : LineVerdict.WithoutEffect;
    }
}
