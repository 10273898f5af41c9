namespace VirtNet.Services.Dns;

/// <summary>
/// The bridges behind which guests are, of all networks whether they are served DNS or not, known again by the number that
/// a datagram's interface has. Safe on any thread, but for <see cref="Find"/>.
/// </summary>
/// <param name="nameOf">The name of the interface with this number; null if there is none.</param>
internal sealed class GuestBridges(Func<int, string?> nameOf)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, string> _bridges = [];

    /// <summary>How many networks have a bridge of this name.</summary>
    private readonly Dictionary<string, int> _names = [];

    /// <summary>What was found out about interfaces; the loop's thread only.</summary>
    private readonly Dictionary<int, string?> _known = [];
    private int _isStale;

    /// <summary>Says which bridge a network has; null when it has none any more.</summary>
    public void Set(Guid network, string? bridge)
    {
        lock (_lock)
        {
            string? before = _bridges.GetValueOrDefault(network);
            if (before == bridge)
            {
                return;
            }

            if (before is not null && --_names[before] == 0)
            {
                _names.Remove(before);
            }

            if (bridge is null)
            {
                _bridges.Remove(network);
            }
            else
            {
                _bridges[network] = bridge;
                _names[bridge] = _names.GetValueOrDefault(bridge) + 1;
            }
        }

        Forget();
    }

    /// <summary>Interfaces came, went, or changed their names.</summary>
    public void Forget() => Volatile.Write(ref _isStale, 1);

    /// <summary>The name of this interface if guests are behind it, else null. The loop's thread only.</summary>
    public string? Find(int index)
    {
        if (Interlocked.Exchange(ref _isStale, 0) != 0)
        {
            _known.Clear();
        }

        if (_known.TryGetValue(index, out string? known))
        {
            return known;
        }

        string? name = nameOf(index);
        lock (_lock)
        {
            known = name is not null && _names.ContainsKey(name) ? name : null;
        }

        _known[index] = known;
        return known;
    }
}
