using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Frr;

/// <summary>The operator's (<see cref="SharedFrr"/>): when it starts it knows what he has it know, and is told the rest again.</summary>
internal sealed class SharedFrrInstance(FrrSettings settings, SharedFrrNote note) : FrrInstance(settings, FabricPaths.OthersBgpd)
{
    private readonly SharedFrr _addition = new(settings);

    /// <summary>Whoever starts it anew, or loads his files again, does not tell the fabric.</summary>
    public override TimeSpan? LookInterval => TimeSpan.FromSeconds(5);

    public override void Keep(IReadOnlyCollection<BgpNeighbour> neighbours)
    {
        // His files are his.
    }

    public override IReadOnlySet<string> NeighboursOfOthers(string running) => SharedFrr.NeighboursOfOthers(BgpdConfiguration.Parse(running));

    public override async Task<IReadOnlyList<string>> PrepareAsync(string running, CancellationToken cancellationToken)
    {
        BgpdConfiguration configuration = BgpdConfiguration.Parse(running);
        bool bfd = false;
        if (Settings.Bfd)
        {
            using FrrTerminal? bfdd = await FrrTerminal.OpenAsync(FabricPaths.OthersBfdd, cancellationToken);
            bfd = bfdd is not null;
        }

        IReadOnlyList<string> lines = _addition.Missing(configuration, bfd);
        if (lines.Count > 0 && SharedFrr.IsSilent(configuration))
        {
            note.Write(hasSpoken: true); // before it is so
        }

        return lines;
    }
}
