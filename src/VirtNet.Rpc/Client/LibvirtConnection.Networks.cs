using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Client;

/// <summary>The calls about networks.</summary>
public sealed partial class LibvirtConnection
{
    private Task<bool>? _takesCommandFirst;

    public async Task<IReadOnlyList<NetworkRef>> ListNetworksAsync(uint flags, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.ListNetworks, new ListArguments(NeedResults: true, flags), cancellationToken))
        .Networks;

    public async Task<NetworkRef> LookupByNameAsync(string name, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.LookupByName, new StringMessage(name), cancellationToken)).Network;

    public async Task<NetworkRef> LookupByUuidAsync(Guid uuid, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.LookupByUuid, new UuidMessage(uuid), cancellationToken)).Network;

    /// <inheritdoc/>
    /// <remarks>Without flags the older call, which every server knows.</remarks>
    public async Task<NetworkRef> DefineAsync(string xml, uint flags, CancellationToken cancellationToken) =>
        flags == 0
            ? (await CallAsync(RemoteProcedures.DefineXml, new XmlMessage(xml), cancellationToken)).Network
            : (await CallAsync(RemoteProcedures.DefineXmlFlags, new XmlFlagsArguments(xml, flags), cancellationToken))
            .Network;

    /// <inheritdoc/>
    /// <remarks>Without flags the older call, which every server knows.</remarks>
    public async Task<NetworkRef> CreateAsync(string xml, uint flags, CancellationToken cancellationToken) =>
        flags == 0
            ? (await CallAsync(RemoteProcedures.CreateXml, new XmlMessage(xml), cancellationToken)).Network
            : (await CallAsync(RemoteProcedures.CreateXmlFlags, new XmlFlagsArguments(xml, flags), cancellationToken))
            .Network;

    public Task StartAsync(NetworkRef network, CancellationToken cancellationToken) =>
        CallAsync(RemoteProcedures.Start, new NetworkMessage(network), cancellationToken);

    public Task DestroyAsync(NetworkRef network, CancellationToken cancellationToken) =>
        CallAsync(RemoteProcedures.Destroy, new NetworkMessage(network), cancellationToken);

    public Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken) =>
        CallAsync(RemoteProcedures.Undefine, new NetworkMessage(network), cancellationToken);

    public async Task<string> GetXmlAsync(NetworkRef network, uint flags, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.GetXml, new NetworkFlagsArguments(network, flags), cancellationToken)).Value;

    public async Task<string> GetBridgeNameAsync(NetworkRef network, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.GetBridgeName, new NetworkMessage(network), cancellationToken)).Value;

    public async Task<bool> GetAutostartAsync(NetworkRef network, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.GetAutostart, new NetworkMessage(network), cancellationToken)).Value;

    public Task SetAutostartAsync(NetworkRef network, bool autostart, CancellationToken cancellationToken) =>
        CallAsync(RemoteProcedures.SetAutostart, new SetAutostartArguments(network, autostart), cancellationToken);

    public async Task<bool> IsActiveAsync(NetworkRef network, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.IsActive, new NetworkMessage(network), cancellationToken)).Value;

    public async Task<bool> IsPersistentAsync(NetworkRef network, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.IsPersistent, new NetworkMessage(network), cancellationToken)).Value;

    /// <inheritdoc/>
    /// <remarks>
    /// A server without feature 16 (before libvirt 7.2) takes section and command in the other order.
    /// </remarks>
    public async Task UpdateAsync(NetworkRef network, NetworkUpdateRequest request, CancellationToken cancellationToken)
    {
        _takesCommandFirst ??= SupportsAsync(RemoteFeature.UpdateArgumentOrder, CancellationToken.None);
        if (!await _takesCommandFirst.WaitAsync(cancellationToken))
        {
            request = request with { Command = request.Section, Section = request.Command };
        }

        await CallAsync(RemoteProcedures.Update, new NetworkUpdateArguments(network, request), cancellationToken);
    }

    public async Task<IReadOnlyList<DhcpLease>> GetDhcpLeasesAsync(
        NetworkRef network, string? mac, uint flags, CancellationToken cancellationToken)
    {
        GetLeasesArguments arguments = new(network, mac, NeedResults: true, flags);
        return (await CallAsync(RemoteProcedures.GetLeases, arguments, cancellationToken)).Leases;
    }

    public Task SetMetadataAsync(NetworkRef network, MetadataChange change, CancellationToken cancellationToken) =>
        CallAsync(RemoteProcedures.SetMetadata, new SetMetadataArguments(network, change), cancellationToken);

    public async Task<string> GetMetadataAsync(
        NetworkRef network, int type, string? uri, uint flags, CancellationToken cancellationToken)
    {
        GetMetadataArguments arguments = new(network, type, uri, flags);
        return (await CallAsync(RemoteProcedures.GetMetadata, arguments, cancellationToken)).Value;
    }
}
