using System.Net;
using VirtNet.Model;

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

        if (words.Length > 1 || name == "#")
        {
            return LineVerdict.Unsupported; // one for some addresses only, or the host's
        }

        Domain = new DomainName(name, Domain?.LocalOnly, Domain?.Register);
        return LineVerdict.Honoured;
    }
}
