namespace VirtNet.Host.Watch;

/// <summary>The bridges that are watched, by what the kernel calls them when it announces something.</summary>
internal sealed class WatchedBridges
{
    private readonly Dictionary<string, WatchedBridge> _byName = [];
    private readonly Dictionary<int, WatchedBridge> _byIndex = [];
    private readonly Dictionary<int, WatchedBridge> _byTunnel = [];

    /// <summary>Held while anything here is called, and while what a bridge remembers is read or changed.</summary>
    public Lock Sync { get; } = new();

    public IReadOnlyCollection<WatchedBridge> All => _byName.Values;

    /// <summary>Those whose link is there.</summary>
    public IReadOnlyCollection<WatchedBridge> Present => _byIndex.Values;

    /// <summary>Those with a tunnel to other hosts.</summary>
    public IReadOnlyCollection<WatchedBridge> Spanning => _byTunnel.Values;

    public WatchedBridge? Find(string name) => _byName.GetValueOrDefault(name);

    public WatchedBridge? Find(int index) => _byIndex.GetValueOrDefault(index);

    public WatchedBridge? FindByTunnel(int index) => _byTunnel.GetValueOrDefault(index);

    /// <summary>Enters it, or a tunnel that it has now.</summary>
    public void Enter(WatchedBridge bridge, string name, int tunnel)
    {
        _byName[name] = bridge;
        if (bridge.Index != 0)
        {
            _byIndex[bridge.Index] = bridge;
        }

        _byTunnel.Remove(bridge.TunnelIndex);
        bridge.TunnelIndex = tunnel;
        if (tunnel != 0)
        {
            _byTunnel[tunnel] = bridge;
        }
    }

    public void Remove(string name)
    {
        if (_byName.Remove(name, out WatchedBridge? bridge))
        {
            _byIndex.Remove(bridge.Index);
            _byTunnel.Remove(bridge.TunnelIndex);
        }
    }
}
