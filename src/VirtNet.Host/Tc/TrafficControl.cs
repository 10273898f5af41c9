using VirtNet.Host.Link;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Tc;

/// <summary>Reads limits by netlink and sets them by <c>tc</c>. Removing what is absent succeeds.</summary>
internal sealed class TrafficControl(RtnetlinkClient netlink, ICommandRunner commands)
{
    private const uint Root = 0x10000; // 1:0
    private const ulong Kilobyte = 1000;
    private const ulong BurstUnit = 1024;

    public static bool Knows(HostResource resource) =>
        resource is InboundShape or GuaranteedClass or FairQueue or OutboundLimit;

    public async Task ApplyAsync(HostChange change, CancellationToken cancellationToken)
    {
        if (change.After is null && Read(change.Before!) is null)
        {
            return;
        }

        if (change is { Before: null, After: OutboundLimit limit } && Read(limit) is not null)
        {
            if (limit.Owner is null)
            {
                throw LinkErrors.Internal($"{limit.Bridge} has a limit on what comes in already");
            }

            await RunAsync(change.Inverted(), cancellationToken); // our own, and not as it shall be
        }

        try
        {
            await RunAsync(change, cancellationToken);
        }
        catch (HostCommandException e)
        {
            if (change is { Before: null, After: OutboundLimit })
            {
                await RemoveRestAsync(change.Inverted());
            }

            throw LinkErrors.Internal($"Child process ({e.Command}) unexpected exit status {e.ExitCode}: {e.Error}", e);
        }
    }

    /// <returns>The resource as the host has it, or null.</returns>
    public HostResource? Read(HostResource wanted) => wanted switch
    {
        InboundShape shape => Find(shape.Bridge) is { } link ? Read(shape, netlink.ListClasses(link.Index)) : null,
        GuaranteedClass guarantee => Find(guarantee.Bridge) is { } link ? Read(guarantee, netlink.ListClasses(link.Index)) : null,
        FairQueue queue => HasQdisc(queue.Bridge, "sfq", Root | queue.ClassId) ? queue : null,
        OutboundLimit limit => HasQdisc(limit.Bridge, "ingress", parent: null) ? limit : null,
        _ => throw new InvalidOperationException($"{wanted} is no traffic control"),
    };

    private static InboundShape? Read(InboundShape wanted, List<TrafficControlMessage> classes) =>
        Class(classes, InboundShape.WholeClass) is { } whole && Class(classes, InboundShape.SharedClass) is { } shared
            ? wanted with
            {
                Average = whole.Rate / Kilobyte,
                Peak = whole.Ceiling / Kilobyte == wanted.Ceiling ? wanted.Peak : whole.Ceiling / Kilobyte,
                Burst = IsBurst(shared, wanted.Burst) ? wanted.Burst : shared.Burst / BurstUnit,
                Unreserved = shared.Rate / Kilobyte,
            }
            : null;

    /// <summary>The kernel holds a burst as the time it takes, so it comes back a little rounded.</summary>
    private static bool IsBurst(TrafficControlMessage found, ulong wanted) =>
        wanted == 0 || Math.Abs(((double)found.Burst / (wanted * BurstUnit)) - 1) < 0.02;

    private static GuaranteedClass? Read(GuaranteedClass wanted, List<TrafficControlMessage> classes) =>
        Class(classes, wanted.ClassId) is { } found
            ? wanted with { Floor = found.Rate / Kilobyte, Ceiling = found.Ceiling / Kilobyte }
            : null;

    private static TrafficControlMessage? Class(List<TrafficControlMessage> classes, uint id) =>
        classes.Find(found => found.Handle == (Root | id));

    private LinkMessage? Find(string bridge) => netlink.FindLink(bridge);

    private bool HasQdisc(string bridge, string kind, uint? parent) =>
        Find(bridge) is { } link
        && netlink.ListQdiscs().Exists(qdisc =>
            qdisc.Link == link.Index && qdisc.Kind == kind && (parent is null || qdisc.Parent == parent));

    private Task<string> RunAsync(HostChange change, CancellationToken cancellationToken) =>
        commands.RunAsync(new HostCommand("tc", ["-batch", "-"], TcScript.Of(change)), cancellationToken);

    /// <summary>The first of two lines has done its work, the second was refused.</summary>
    private async Task RemoveRestAsync(HostChange removal)
    {
        if (Read(removal.Before!) is not null)
        {
            await RunAsync(removal, CancellationToken.None);
        }
    }
}
