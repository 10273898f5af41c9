using VirtNet.Host.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>What to do about a port that left its bridge. Nothing here asks the kernel, or a clock.</summary>
internal abstract record PortDeparture
{
    private PortDeparture()
    {
    }

    /// <summary>The device is gone, as is usual when a guest ends: nothing to say.</summary>
    public sealed record Gone : PortDeparture;

    /// <summary>It is on its bridge and up: nothing happened, or whoever took it off has put it back.</summary>
    public sealed record Stays : PortDeparture;

    /// <summary>Somebody wants it elsewhere: said, and left there.</summary>
    /// <param name="Waits">Whether it may still come to be free and up, and so be put back.</param>
    public sealed record Left(string Where, bool Waits) : PortDeparture;

    /// <summary>It is up and on no bridge, which is of no use to a guest.</summary>
    public sealed record PutBack : PortDeparture;

    /// <param name="port">As it was.</param>
    /// <param name="now">The device as it is; null = there is none of this index (deleted, or in another namespace).</param>
    /// <param name="bridge">The bridge that it was on, as it is; null = that is gone too.</param>
    /// <param name="nameOf">The name of a device by index.</param>
    /// <param name="isGuest">Whether a device is a guest's.</param>
    public static PortDeparture Decide(
        DepartedPort port, LinkMessage? now, LinkMessage? bridge, Func<int, string> nameOf, Predicate<LinkMessage> isGuest)
    {
        if (now is null)
        {
            return new Gone();
        }

        if (now.Name != port.Port.Name)
        {
            return new Left($"called {now.Name}", Waits: false);
        }

        return now switch
        {
            { Master: not 0 } when now.Master == bridge?.Index => now.Up ? new Stays() : new Left("on it, but down", Waits: true),
            { Master: not 0 } => new Left($"on {nameOf(now.Master)}", Waits: false),
            _ when port.Released => new Left("no bridge, its port was deleted", Waits: false),
            { Up: false } => new Left("no bridge, and down", Waits: true),
            _ when bridge is null => new Left("no bridge", Waits: true),
            _ when !isGuest(now) => new Left("no bridge, not a guest's device", Waits: false),

            // The kernel has forgotten which VLANs it was in: on the bridge it could reach others than before.
            _ when bridge.Bridge is { VlanFiltering: true } => new Left($"no bridge; {bridge.Name} filters VLANs", Waits: false),
            _ => new PutBack(),
        };
    }
}
