using VirtNet.Cli.Connections;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Guests;

/// <summary>The networks of the daemon that a session is with.</summary>
internal sealed class DaemonNetworks(Session session) : IGuestNetworks
{
    /// <summary>virConnectListAllNetworksFlags.</summary>
    private const uint ActiveOnly = 2;

    private INetworkDriver Driver => session.Connection.Networks;

    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await session.OpenAsync(cancellationToken);
        return [.. (await Driver.ListNetworksAsync(flags: 0, cancellationToken)).Select(network => network.Name)];
    }

    public async Task<NetworkView?> FindAsync(string name, string? mac, CancellationToken cancellationToken)
    {
        try
        {
            await session.OpenAsync(cancellationToken);
            return await ViewAsync(await Driver.LookupByNameAsync(name, cancellationToken), mac, cancellationToken);
        }
        catch (VirtNetException)
        {
            return null;
        }
    }

    /// <summary>The network that a bridge is of; null when it is none's, or there is nobody to ask.</summary>
    public async Task<NetworkView?> FindByBridgeAsync(string bridge, string? mac, CancellationToken cancellationToken)
    {
        try
        {
            await session.OpenAsync(cancellationToken);
            foreach (NetworkRef network in await Driver.ListNetworksAsync(ActiveOnly, cancellationToken))
            {
                if (await Commands.NetInfo.BridgeAsync(Driver, network, cancellationToken) == bridge)
                {
                    return await ViewAsync(network, mac, cancellationToken);
                }
            }
        }
        catch (VirtNetException)
        {
            // The bridge is a bridge all the same.
        }

        return null;
    }

    private async Task<NetworkView> ViewAsync(NetworkRef network, string? mac, CancellationToken cancellationToken)
    {
        IReadOnlyList<DhcpLease> leases = mac is null
            ? []
            : await Driver.GetDhcpLeasesAsync(network, mac, flags: 0, cancellationToken);
        return new NetworkView(
            await Driver.IsActiveAsync(network, cancellationToken),
            await Commands.NetInfo.BridgeAsync(Driver, network, cancellationToken),
            [.. leases.Select(lease => $"{lease.IpAddress}/{lease.Prefix}")]);
    }
}
