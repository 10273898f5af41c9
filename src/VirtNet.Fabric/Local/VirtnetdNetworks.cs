using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Local;

/// <summary>The networks of virtnetd, over a connection to it.</summary>
internal sealed class VirtnetdNetworks(LibvirtConnection connection) : ILocalNetworks
{
    /// <summary>virConnectListAllNetworksFlags.</summary>
    private const uint Persistent = 4;

    /// <summary>virNetworkXMLFlags.</summary>
    private const uint Inactive = 1;

    public Task<IReadOnlyList<NetworkRef>> ListAsync(CancellationToken cancellationToken) =>
        connection.ListNetworksAsync(Persistent, cancellationToken);

    public async Task<LocalNetwork?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        try
        {
            NetworkRef network = await connection.LookupByUuidAsync(uuid, cancellationToken);
            return await connection.IsPersistentAsync(network, cancellationToken)
                ? new LocalNetwork(
                    network,
                    await connection.GetXmlAsync(network, Inactive, cancellationToken),
                    await connection.IsActiveAsync(network, cancellationToken) ? await connection.GetXmlAsync(network, flags: 0, cancellationToken) : null,
                    await connection.GetAutostartAsync(network, cancellationToken))
                : null;
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return null;
        }
    }

    public async Task<NetworkRef> DefineAsync(string xml, bool isActive, CancellationToken cancellationToken) =>
        isActive
            ? (await connection.RedefineAsync(xml, RedefineFlags.Partial, cancellationToken)).Network
            : await connection.DefineAsync(xml, flags: 0, cancellationToken);

    public Task<NetworkRef> RenameAsync(NetworkRef network, string name, CancellationToken cancellationToken) =>
        connection.RenameAsync(network, name, cancellationToken);

    public Task StartAsync(NetworkRef network, CancellationToken cancellationToken) => connection.StartAsync(network, cancellationToken);

    public Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken) =>
        connection.UndefineAsync(network, cancellationToken);

    public Task SetAutostartAsync(NetworkRef network, bool autostart, CancellationToken cancellationToken) =>
        connection.SetAutostartAsync(network, autostart, cancellationToken);

    public async Task<IReadOnlyList<string>> LeasedAddressesAsync(NetworkRef network, CancellationToken cancellationToken) =>
        [.. (await LeasesAsync(network, cancellationToken)).Leases.Where(lease => lease.Host is null).Select(lease => lease.Lease.IpAddress)];

    public Task<SharedLeases> LeasesAsync(NetworkRef network, CancellationToken cancellationToken) =>
        connection.GetSharedLeasesAsync(network, cancellationToken);

    public Task ShareLeasesAsync(NetworkRef network, LeaseSharing sharing, CancellationToken cancellationToken) =>
        connection.ShareLeasesAsync(network, sharing, cancellationToken);

    public Task KeepLinkedAsync(uint seconds, string? outage, CancellationToken cancellationToken) =>
        connection.KeepLinkedAsync(seconds, outage, cancellationToken);

    public Task TellSharedAsync(NetworkRef network, string? obstacle, CancellationToken cancellationToken) =>
        connection.TellSharedAsync(network, obstacle, cancellationToken);
}
