using VirtNet.Host.Link;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Tc;

/// <summary>
/// Reads limits by netlink and sets them by <c>tc</c>. Removing what is absent succeeds. What others set on a bridge of the host
/// is left as it is.
/// </summary>
internal sealed class TrafficControl(RtnetlinkClient netlink, ICommandRunner commands)
{
    /// <summary>For one look.</summary>
    public LinkTraffic Of(LinkMessage link) => new(netlink, link.Index);

    /// <param name="link">The link that the change is made on, if it is there.</param>
    public async Task ApplyAsync(HostChange change, LinkMessage? link, CancellationToken cancellationToken)
    {
        LinkTraffic? traffic = link is null ? null : Of(link);
        if (change is { After: null, Before: TrafficLimit gone } && traffic?.Read(gone) is null)
        {
            return;
        }

        if (change is { Before: null, After: TrafficLimit { Owner: null } wanted } && traffic is not null)
        {
            ThrowIfTaken(wanted, traffic);
        }

        try
        {
            if (change is { Before: null, After: OutboundLimit } && traffic is { LimitsWhatComesIn: true })
            {
                await RunAsync(change.Inverted(), cancellationToken); // our own, and not as it shall be
            }

            await RunAsync(WithoutItsRoot(change, traffic), cancellationToken);
        }
        catch (HostCommandException e)
        {
            if (change is { Before: null, After: OutboundLimit } && link is not null && Of(link).LimitsWhatComesIn)
            {
                await RunAsync(change.Inverted(), CancellationToken.None); // of two lines the first has done its work
            }

            throw LinkErrors.Internal($"Child process ({e.Command}) unexpected exit status {e.ExitCode}: {e.Error}", e);
        }
    }

    private static void ThrowIfTaken(TrafficLimit wanted, LinkTraffic traffic)
    {
        switch (wanted)
        {
            case OutboundLimit when traffic.OrdersWhatComesIn && traffic.Read(wanted) is null:
                throw LinkErrors.Internal($"{wanted.Bridge} has a limit on what comes in already");
            case InboundShape when traffic.OrdersWhatGoesOut && !traffic.IsShaped(wanted):
                throw LinkErrors.Internal($"{wanted.Bridge} has a limit on what goes out already");
            case GuaranteedClass or FairQueue when !traffic.IsShaped(wanted):
                throw LinkErrors.Internal($"what goes out of {wanted.Bridge} is not limited by virtnet");
        }
    }

    /// <summary>
    /// A root without classes is as libvirt 11.3 leaves it on a bridge that was taken over, and as a change that was cut short does:
    /// only they are set. To remove it first would lose packets.
    /// </summary>
    private static HostChange WithoutItsRoot(HostChange change, LinkTraffic? traffic) =>
        change is { Before: null, After: InboundShape shape } && traffic?.IsShaped(shape) == true ? change with { Before = shape } : change;

    private Task<string> RunAsync(HostChange change, CancellationToken cancellationToken) =>
        commands.RunAsync(new HostCommand("tc", ["-batch", "-"], TcScript.Of(change)), cancellationToken);
}
