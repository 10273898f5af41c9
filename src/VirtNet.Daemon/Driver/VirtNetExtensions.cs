using VirtNet.Daemon.Networks;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <summary>What the daemon offers beyond libvirt's API.</summary>
internal sealed class VirtNetExtensions(NetworkRegistry registry, NetworkEnvironment environment) : IVirtNetExtensions
{
    public async Task<IReadOnlyList<PlanStep>> PlanAsync(string? name, string? xml, CancellationToken cancellationToken)
    {
        NetworkHostState desired = xml is not null ? Proposed(xml) : Known(name ?? "");
        IReadOnlyList<HostChange> changes = await environment.Host.PlanAsync(desired, cancellationToken);
        return [.. changes.Select(PlanView.Of)];
    }

    private NetworkHostState Proposed(string xml)
    {
        using DefinitionClaim claim = registry.Claim(NetworkXml.Parse(xml).Definition);
        return new NetworkHostState(LiveDefinition.Of(claim.Definition), claim.Network.Snapshot.Ports);
    }

    private NetworkHostState Known(string name)
    {
        NetworkSnapshot snapshot = registry.TryFind(name, out NetworkActor? network)
            ? network.Snapshot
            : throw VirtNetException.NoNetworkWithName(name);
        NetworkDefinition definition = snapshot.Config ?? snapshot.Current;
        return new NetworkHostState(LiveDefinition.Of(definition), snapshot.Ports);
    }
}
