using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Frr;

/// <summary>The fabric's own: all that it does is in its files, but for what changes while it runs.</summary>
internal sealed class OwnFrrInstance(FrrSettings settings, FrrFiles files) : FrrInstance(settings, FabricPaths.Bgpd)
{
    public override TimeSpan? LookInterval => null;

    public override void Keep(IReadOnlyCollection<BgpNeighbour> neighbours) => files.Write(Settings, neighbours);

    public override IReadOnlySet<string> NeighboursOfOthers(string running) => new HashSet<string>();

    public override Task<IReadOnlyList<string>> PrepareAsync(string running, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);
}
