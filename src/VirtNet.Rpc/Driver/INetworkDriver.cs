namespace VirtNet.Rpc.Driver;

/// <summary>
/// The calls of libvirt's network API, with libvirt's semantics. The daemon implements them, the client connection
/// offers them. Failures are <see cref="Model.VirtNetException"/>s. Networks are found by UUID; the name of a
/// <see cref="NetworkRef"/> is only shown. Flag words arrive as the client sent them: who implements a call refuses the
/// bits that it does not know.
/// </summary>
public interface INetworkDriver
{
    /// <param name="flags">
    /// virConnectListAllNetworksFlags: 1 inactive, 2 active, 4 persistent, 8 transient, 16 autostart, 32 no autostart.
    /// </param>
    Task<IReadOnlyList<NetworkRef>> ListNetworksAsync(uint flags, CancellationToken cancellationToken);

    Task<NetworkRef> LookupByNameAsync(string name, CancellationToken cancellationToken);

    Task<NetworkRef> LookupByUuidAsync(Guid uuid, CancellationToken cancellationToken);

    /// <param name="flags">1 = validate against the schema.</param>
    Task<NetworkRef> DefineAsync(string xml, uint flags, CancellationToken cancellationToken);

    /// <param name="flags">1 = validate against the schema.</param>
    Task<NetworkRef> CreateAsync(string xml, uint flags, CancellationToken cancellationToken);

    Task StartAsync(NetworkRef network, CancellationToken cancellationToken);

    Task DestroyAsync(NetworkRef network, CancellationToken cancellationToken);

    Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken);

    /// <param name="flags">1 = the inactive (persistent) definition.</param>
    Task<string> GetXmlAsync(NetworkRef network, uint flags, CancellationToken cancellationToken);

    Task<string> GetBridgeNameAsync(NetworkRef network, CancellationToken cancellationToken);

    Task<bool> GetAutostartAsync(NetworkRef network, CancellationToken cancellationToken);

    Task SetAutostartAsync(NetworkRef network, bool autostart, CancellationToken cancellationToken);

    Task<bool> IsActiveAsync(NetworkRef network, CancellationToken cancellationToken);

    Task<bool> IsPersistentAsync(NetworkRef network, CancellationToken cancellationToken);

    Task UpdateAsync(NetworkRef network, NetworkUpdateRequest request, CancellationToken cancellationToken);

    /// <param name="mac">Only leases of this MAC; checked first (code 44).</param>
    Task<IReadOnlyList<DhcpLease>> GetDhcpLeasesAsync(
        NetworkRef network, string? mac, uint flags, CancellationToken cancellationToken);

    Task SetMetadataAsync(NetworkRef network, MetadataChange change, CancellationToken cancellationToken);

    /// <param name="type">0 description, 1 title, 2 element.</param>
    Task<string> GetMetadataAsync(
        NetworkRef network, int type, string? uri, uint flags, CancellationToken cancellationToken);

    Task<IReadOnlyList<NetworkPortRef>> ListPortsAsync(
        NetworkRef network, uint flags, CancellationToken cancellationToken);

    Task<NetworkPortRef> LookupPortAsync(NetworkRef network, Guid uuid, CancellationToken cancellationToken);

    /// <param name="flags">1 reclaim, 2 validate.</param>
    Task<NetworkPortRef> CreatePortAsync(
        NetworkRef network, string xml, uint flags, CancellationToken cancellationToken);

    Task<string> GetPortXmlAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken);

    Task DeletePortAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken);

    Task<IReadOnlyList<TypedParameter>> GetPortParametersAsync(
        NetworkPortRef port, uint flags, CancellationToken cancellationToken);

    Task SetPortParametersAsync(
        NetworkPortRef port, IReadOnlyList<TypedParameter> parameters, uint flags, CancellationToken cancellationToken);
}
