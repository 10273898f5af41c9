using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;

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
        IPAddress?[] addresses = [.. words.Select(word => IPAddress.TryParse(word, out IPAddress? address) ? address : null)];
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

        bool isLocal = words.Length > 2 && words[^1] == "local";
        if (words.Length > 1 && TakesIn(isLocal ? words[1..^1] : words[1..]) is var verdict && verdict != LineVerdict.Honoured)
        {
            return verdict;
        }

        Domain = new DomainName(name, isLocal ? true : Domain?.LocalOnly, Domain?.Register);
        return LineVerdict.Honoured;
    }

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
        if (words.Length == 1 && IPNetwork.TryParse(words[0], out IPNetwork subnet))
        {
            return Judge(ip => subnet.PrefixLength <= ip.PrefixLength && subnet.Contains(ip.BaseAddress), ip => ip.Contains(subnet.BaseAddress));
        }

        if (!IPAddress.TryParse(words[0], out IPAddress? first))
        {
            return words.Length > 1 ? LineVerdict.Malformed : IsOwn(words[0]) ? LineVerdict.Honoured : LineVerdict.WithoutEffect;
        }

        IPAddress? last = first;
        return words.Length > 1 && !IPAddress.TryParse(words[1], out last) ? LineVerdict.Malformed
            : Judge(_ => false, ip => ip.Contains(first) || ip.Contains(last!));
    }

    /// <summary>All addresses of the network, or none; some only are more than can be told apart here.</summary>
    private LineVerdict Judge(Func<IPNetwork, bool> isInside, Func<IPNetwork, bool> touches)
    {
        IPNetwork[] own = [.. network.Ips.Select(ip => ip.Network).OfType<IPNetwork>()];
        return own.Any(isInside) ? LineVerdict.Honoured : own.Any(touches) ? LineVerdict.Unsupported : LineVerdict.WithoutEffect;
    }
}
