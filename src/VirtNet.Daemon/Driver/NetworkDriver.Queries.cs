using VirtNet.Daemon.Files;
using VirtNet.Daemon.Networks;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <content>Calls that only look.</content>
internal sealed partial class NetworkDriver
{
    private const uint InactiveXml = 1;
    private const uint KnownListFlags = 63;

    public Task<IReadOnlyList<NetworkRef>> ListNetworksAsync(uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, KnownListFlags, "networkConnectListAllNetworks");
        IReadOnlyList<NetworkRef> found =
            [.. registry.All.Where(network => Matches(network.Snapshot, flags)).Select(network => network.Identity)];
        return Task.FromResult(found);
    }

    public Task<NetworkRef> LookupByNameAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(registry.TryFind(name, out NetworkActor? network)
            ? network.Identity
            : throw VirtNetException.NoNetworkWithName(name));

    public Task<NetworkRef> LookupByUuidAsync(Guid uuid, CancellationToken cancellationToken) =>
        Task.FromResult(registry.TryFind(uuid, out NetworkActor? network)
            ? network.Identity
            : throw VirtNetException.NoNetworkWithUuid(uuid));

    public Task<string> GetXmlAsync(NetworkRef network, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, InactiveXml, "networkGetXMLDesc");
        NetworkSnapshot snapshot = Find(network).Snapshot;
        bool inactive = (flags & InactiveXml) != 0;
        NetworkDefinition definition = inactive ? snapshot.Config ?? snapshot.Current : snapshot.Current;
        return Task.FromResult(inactive || !snapshot.IsActive
            ? NetworkXml.Format(definition)
            : NetworkXml.Format(definition, LiveXml.OptionsFor(snapshot)));
    }

    public Task<string> GetBridgeNameAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult(Find(network).Snapshot.Current.BridgeName
            ?? throw VirtNetException.Internal($"network '{Find(network).Identity.Name}' does not have a bridge name."));

    public Task<bool> GetAutostartAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult(Find(network).Snapshot.Autostart);

    public Task<bool> IsActiveAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult(Find(network).Snapshot.IsActive);

    public Task<bool> IsPersistentAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult(Find(network).Snapshot.IsPersistent);

    public Task<IReadOnlyList<DhcpLease>> GetDhcpLeasesAsync(
        NetworkRef network, string? mac, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, 0, "networkGetDHCPLeases");
        MacAddress? wanted = null;
        if (mac is not null)
        {
            wanted = MacAddress.TryParse(mac, out MacAddress parsed)
                ? parsed
                : throw new VirtNetException(VirErrorCode.InvalidMac, $"invalid MAC address: {mac}");
        }

        NetworkActor actor = Find(network);
        IReadOnlyList<DhcpLease> leases =
        [
            .. environment.Services.GetShownLeases(actor.Identity.Uuid)
                .Concat(environment.Services.GetHeldLeases(actor.Identity.Uuid).OfOthers())
                .Where(lease => wanted is null || lease.Mac == wanted)
                .Select(lease => LeaseView.Of(lease, actor.Snapshot.Current)),
        ];
        return Task.FromResult(leases);
    }

    // Three independent pairs: OR within a pair, AND between pairs, an empty pair does not filter.
    private static bool Matches(NetworkSnapshot snapshot, uint flags)
    {
        return !snapshot.IsGone
            && Pair(inactive: 1, active: 2, snapshot.IsActive)
            && Pair(inactive: 8, active: 4, snapshot.IsPersistent)
            && Pair(inactive: 32, active: 16, snapshot.Autostart);

        bool Pair(uint inactive, uint active, bool value) =>
            (flags & (inactive | active)) == 0 || (flags & (value ? active : inactive)) != 0;
    }
}
