using System.Threading.Channels;

namespace VirtNet.Fabric.Serving;

/// <summary>Networks that have to be looked at, each once however often it was said. Thread-safe.</summary>
internal sealed class DirtyNetworks
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<Guid> _waiting = [];
    private HashSet<Guid> _networks = [];

    public void Add(Guid network)
    {
        lock (_lock)
        {
            if (_networks.Add(network) && _networks.Count == 1)
            {
                _signal.Writer.TryWrite(true);
            }
        }
    }

    public void AddRange(IEnumerable<Guid> networks)
    {
        foreach (Guid network in networks)
        {
            Add(network);
        }
    }

    /// <summary>They could not be looked at: they wait until that may be possible.</summary>
    public void PutOff(IEnumerable<Guid> networks)
    {
        lock (_lock)
        {
            _waiting.UnionWith(networks);
        }
    }

    /// <summary>What waits may be possible by now.</summary>
    public void AddWaiting()
    {
        Guid[] waiting;
        lock (_lock)
        {
            waiting = [.. _waiting];
        }

        AddRange(waiting);
    }

    /// <summary>Waits until there are some, and takes all: none of them waits any more.</summary>
    public async Task<IReadOnlyCollection<Guid>> TakeAsync(CancellationToken cancellationToken)
    {
        await _signal.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            IReadOnlyCollection<Guid> taken = _networks;
            _networks = [];
            _waiting.ExceptWith(taken);
            return taken;
        }
    }
}
