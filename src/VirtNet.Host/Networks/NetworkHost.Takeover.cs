using VirtNet.Host.Firewall;
using VirtNet.Host.Flows;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Resolved;
using VirtNet.Host.Spanning;
using VirtNet.Host.Watch;
using VirtNet.Model;

namespace VirtNet.Host.Networks;

/// <content>Bridges, with guests on them, that come from another network manager or go to one.</content>
public sealed partial class NetworkHost
{
    public async Task<IReadOnlyList<HostChange>> AdoptAsync(
        NetworkHostState desired, BridgeMark mark, CancellationToken cancellationToken)
    {
        NetworkDefinition network = desired.Network;
        LinkMessage link = RequireFree(network, mark);
        _own.Made(link, network.Uuid!.Value);
        try
        {
            return await StartAsync(desired, cancellationToken);
        }
        catch
        {
            _own.Gone(link, network.Uuid!.Value);
            throw;
        }
    }

    public async Task UndoAdoptAsync(NetworkHostState adopted, IReadOnlyList<HostChange> changes)
    {
        await UndoStartAsync(adopted, changes);
        Disown(adopted.Network);
    }

    /// <remarks>
    /// Rules in tables that are libvirt's as well stay: to whom the bridge goes, they are its own.
    /// </remarks>
    public async Task LetGoAsync(NetworkHostState last, CancellationToken cancellationToken)
    {
        NetworkDefinition network = last.Network;
        WatchedNetwork? known = await ForgetAsync(network);
        using IDisposable turn = await _removals.EnterAsync(network.Uuid!.Value, cancellationToken);
        HostResource[] leaving =
        [
            .. Leaving(last, known, FindBridge(network)).Where(resource =>
                resource is LinkNameServer or ClaimedAddress or SpanLink or SpanRules or SubnetSource or GuestLocks or SpanBindings or FlowOffload
                || (resource is FirewallRules && _firewall?.Name == BackendNames.Nftables)),
        ];
        // The bridge stays, and what goes by it passes other rules from here on.
        await _reconciler.UndoAsync(
            network.Name,
            leaving.OfType<FlowOffload>().Where(offload => offload.Allowed)
                .Select(offload => new HostChange(Before: offload with { Allowed = false }, After: offload)));
        await _reconciler.RemoveAsync(network.Name, leaving, cancellationToken);
        if (FindBridge(network)?.Link is { } link)
        {
            BridgeLink marked = new BridgeLink(link.Name) { Owner = network.Uuid }.Observe(link);
            _links.Apply(marked, marked with { Marked = false }, link);
        }

        Disown(network);
    }

    /// <summary>A bridge is nobody's only without any alias: another program's says as much as ours.</summary>
    /// <exception cref="VirtNetException">It is not there, not the one that is meant, or somebody's.</exception>
    private LinkMessage RequireFree(NetworkDefinition network, BridgeMark mark)
    {
        string name = network is { OwnsBridge: true, BridgeName: { } bridge }
            ? bridge
            : throw VirtNetException.OperationInvalid($"network '{network.Name}' has no bridge of its own");
        LinkMessage link = _netlink.FindLink(name)
            ?? throw LinkErrors.Refused($"cannot adopt {name}", LinkErrors.NoSuchDevice);
        if (link.Kind != BridgeOptions.Kind || link.Index != mark.Index || link.Mac != mark.Mac)
        {
            throw VirtNetException.OperationFailed($"{name} is not the bridge that was to be adopted");
        }

        return link.Alias is null or "" || BridgeLink.OwnerOf(link) == network.Uuid
            ? link
            : throw VirtNetException.OperationFailed($"{name} is somebody else's: its alias is '{link.Alias}'");
    }

    private void Disown(NetworkDefinition network)
    {
        if (FindBridge(network)?.Link is { } link)
        {
            _own.Gone(link, network.Uuid!.Value);
        }
    }
}
