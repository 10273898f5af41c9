namespace VirtNet.Daemon.Networks;

/// <summary>Which networks have which bridges, so that nobody has to ask all networks for one name. Thread-safe.</summary>
internal sealed class BridgeUse
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string[]> _bridges = [];
    private readonly Dictionary<string, HashSet<string>> _networks = [];

    /// <summary>Says what bridges a network has now; it is forgotten when it has none.</summary>
    public void Set(string network, IEnumerable<string> bridges)
    {
        string[] now = [.. bridges];
        lock (_lock)
        {
            string[] before = _bridges.GetValueOrDefault(network) ?? [];
            if (before.AsSpan().SequenceEqual(now))
            {
                return;
            }

            foreach (string bridge in before)
            {
                HashSet<string> users = _networks[bridge];
                users.Remove(network);
                if (users.Count == 0)
                {
                    _networks.Remove(bridge);
                }
            }

            foreach (string bridge in now)
            {
                if (!_networks.TryGetValue(bridge, out HashSet<string>? users))
                {
                    _networks.Add(bridge, users = []);
                }

                users.Add(network);
            }

            if (now.Length == 0)
            {
                _bridges.Remove(network);
            }
            else
            {
                _bridges[network] = now;
            }
        }
    }

    /// <param name="except">A network whose own use does not count.</param>
    public bool IsUsed(string bridge, string? except)
    {
        lock (_lock)
        {
            return _networks.TryGetValue(bridge, out HashSet<string>? users) && users.Any(network => network != except);
        }
    }
}
