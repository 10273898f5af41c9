using VirtNet.Host.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>What is remembered of the bridge of a network.</summary>
/// <param name="index">Of the link; 0 = there is none, and what has its name is somebody else's.</param>
internal sealed class WatchedBridge(WatchedNetwork network, int index)
{
    public WatchedNetwork Network { get; set; } = network;

    public int Index { get; } = index;

    /// <summary>Of the tunnel to its other hosts; 0 = it has none.</summary>
    public int TunnelIndex { get; set; }

    public PortMemory Ports { get; } = new();

    /// <summary>The ports it had when it was deleted, until it is made anew.</summary>
    public IReadOnlyList<LinkMessage> Lost { get; set; } = [];
}
