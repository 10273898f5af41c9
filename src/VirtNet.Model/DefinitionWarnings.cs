using System.Net;
using System.Net.Sockets;

namespace VirtNet.Model;

/// <summary>What a definition may say, and what will nevertheless not be as whoever wrote it thinks.</summary>
public static class DefinitionWarnings
{
    /// <summary>One sentence for each thing, without the network's name.</summary>
    public static ValueList<string> Of(NetworkDefinition network)
    {
        List<string> warnings = [];
        DhcpHost[] hosts = [.. network.Ips.SelectMany(ip => ip.Hosts)];
        foreach (IpDefinition ip in network.Ips)
        {
            foreach (DhcpHost host in ip.Hosts)
            {
                if (host.Address is { } address && WhyUnusable(network, address) is { } reason)
                {
                    warnings.Add($"the address {address} reserved for {NameOf(host)} {reason} and is never given out");
                }
            }
        }

        AddTwice(warnings, "MAC address", hosts, host => MacAddress.TryParse(host.Mac, out MacAddress mac) ? mac.ToString() : null);
        AddTwice(warnings, "client id", hosts, host => host.Id?.ToLowerInvariant());
        AddTwice(warnings, "address", hosts, host => host.Address?.ToString());
        return warnings.ToValueList();
    }

    /// <summary>Whether an address that is reserved is ever given out.</summary>
    public static bool IsUsable(NetworkDefinition network, IPAddress reserved) => WhyUnusable(network, reserved) is null;

    private static string? WhyUnusable(NetworkDefinition network, IPAddress address)
    {
        if (network.Ips.Any(ip => ip.Address.Equals(address)))
        {
            return "is the bridge's own";
        }

        IpDefinition? subnet = network.Ips.FirstOrDefault(ip => ip.Network?.Contains(address) == true);
        if (subnet?.EffectivePrefix is not { } prefix)
        {
            return "is in no subnet of the network";
        }

        bool hasEdges = address.AddressFamily == AddressFamily.InterNetwork ? prefix < 31 : prefix < 127;
        return !hasEdges ? null
            : Subnet.NetworkAddress(subnet.Address, prefix).Equals(address) ? "is that of the subnet itself"
            : !subnet.IsIpv6 && Subnet.Broadcast(subnet.Address, prefix).Equals(address) ? "is the broadcast address"
            : null;
    }

    /// <summary>Of several reservations of one thing the first counts.</summary>
    private static void AddTwice(List<string> warnings, string what, DhcpHost[] hosts, Func<DhcpHost, string?> key)
    {
        foreach (IGrouping<string?, DhcpHost> same in hosts.GroupBy(key, StringComparer.Ordinal).Where(group => group.Key is not null))
        {
            int count = same.Distinct().Count();
            if (same.Count() > 1)
            {
                warnings.Add(count == 1
                    ? $"the {what} {same.Key} is reserved {same.Count()} times"
                    : $"the {what} {same.Key} is reserved {same.Count()} times, of which the first counts: {string.Join(", ", same.Select(host => NameOf(host, besides: same.Key!)))}");
            }
        }
    }

    private static string NameOf(DhcpHost host, string besides = "") =>
        new[] { host.Name, host.Mac, host.Id, host.Address?.ToString() }.FirstOrDefault(name =>
            name is not null && !name.Equals(besides, StringComparison.OrdinalIgnoreCase)) ?? "nobody";
}
