using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Spanning;

/// <summary>
/// Whose the addresses of a network are: leases of this host and of the others, as far as these tell, and what the definition reserves.
/// Who is known by anything but a MAC address is left out.
/// </summary>
internal sealed class AddressBindings(INetworkServices services)
{
    /// <summary>In the order of addresses: what is the same twice is equal.</summary>
    public ValueList<SpanBinding> Of(NetworkDefinition network)
    {
        Guid uuid = network.Uuid ?? Guid.Empty;
        IEnumerable<SpanBinding> leased = services.GetLeases(uuid).Concat(services.GetHeldLeases(uuid).OfOthers())
            .Where(lease => lease.Mac is not null).Select(lease => new SpanBinding(lease.Address, lease.Mac!.Value));
        return leased.Concat(network.Ips.SelectMany(ip => ip.Hosts).SelectMany(Reserved))
            .Distinct()
            .OrderBy(binding => AddressKey.Of(binding.Address).Value).ThenBy(binding => binding.Mac.ToString(), StringComparer.Ordinal)
            .ToValueList();
    }

    private static IEnumerable<SpanBinding> Reserved(DhcpHost host) =>
        host.Address is { } address && MacAddress.TryParse(host.Mac, out MacAddress mac) ? [new SpanBinding(address, mac)] : [];
}
