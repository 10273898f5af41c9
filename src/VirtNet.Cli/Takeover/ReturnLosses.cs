using System.Globalization;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Cli.Takeover;

/// <summary>What a network is under virtnet, and will not be under libvirt.</summary>
internal static class ReturnLosses
{
    /// <param name="network">As virtnet has it.</param>
    /// <param name="options">Lines for dnsmasq that libvirt will have.</param>
    /// <returns>A sentence each.</returns>
    public static IReadOnlyList<string> Of(NetworkDefinition network, ValueList<string> options)
    {
        NetworkExtension extension = NetworkExtensionXml.Of(network);
        List<string> losses = [];
        Add(extension.Publications.Count, "what it publishes is not reached under libvirt", "publication");
        Add(extension.Names.Count, "libvirt does not serve names of its own", "name");
        Add(extension.Peers.Count, "libvirt lets no other networks in", "peer");
        if (extension.Span is not null)
        {
            losses.Add("libvirt has it on this host alone: the hosts that it spans are in its metadata");
        }

        if (!network.DnsmasqOptions.Equals(options))
        {
            losses.Add("its lines for dnsmasq are not carried over: libvirt's dnsmasq runs as root, and they may name programs");
        }

        return losses;

        void Add(int count, string what, string noun)
        {
            if (count > 0)
            {
                losses.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {count} {noun}{(count == 1 ? "" : "s")} in its metadata"));
            }
        }
    }
}
