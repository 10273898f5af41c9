using System.Net;
using VirtNet.Model;

namespace VirtNet.Daemon.Publishing;

/// <summary>Which networks run, and who waits for which of them: nobody has to ask all of them for one. Thread-safe.</summary>
internal sealed class RunningNetworks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunningNetwork> _running = [];
    private readonly Dictionary<Guid, string[]> _awaited = [];
    private readonly Dictionary<string, HashSet<Guid>> _waiting = [];

    /// <summary>Where guests are served: by address.</summary>
    private readonly Dictionary<IPAddress, string> _serving = [];

    /// <summary>A network that this one waits for runs, runs no more, or has another bridge or other subnets. Handlers wait for nobody.</summary>
    public event Action<Guid>? Changed;

    /// <param name="live">Null = it does not run.</param>
    public void Set(string name, NetworkDefinition? live)
    {
        RunningNetwork? now = live is null ? null : RunningNetwork.Of(live);
        Guid[] waiting;
        lock (_lock)
        {
            if (_running.GetValueOrDefault(name) == now)
            {
                return;
            }

            foreach (IPAddress address in _running.GetValueOrDefault(name)?.Addresses ?? [])
            {
                if (_serving.GetValueOrDefault(address) == name)
                {
                    _serving.Remove(address);
                }
            }

            if (now is null)
            {
                _running.Remove(name);
            }
            else
            {
                _running[name] = now;
            }

            foreach (IPAddress address in now?.Addresses ?? [])
            {
                _serving[address] = name;
            }

            waiting = [.. _waiting.GetValueOrDefault(name) ?? []];
        }

        foreach (Guid network in waiting)
        {
            Changed?.Invoke(network);
        }
    }

    /// <summary>Says which networks one waits for from now on.</summary>
    public void Await(Guid network, IEnumerable<string> names)
    {
        string[] awaited = [.. names.Distinct()];
        lock (_lock)
        {
            foreach (string former in _awaited.GetValueOrDefault(network) ?? [])
            {
                HashSet<Guid> waiting = _waiting[former];
                waiting.Remove(network);
                if (waiting.Count == 0)
                {
                    _waiting.Remove(former);
                }
            }

            foreach (string name in awaited)
            {
                if (!_waiting.TryGetValue(name, out HashSet<Guid>? waiting))
                {
                    _waiting.Add(name, waiting = []);
                }

                waiting.Add(network);
            }

            if (awaited.Length == 0)
            {
                _awaited.Remove(network);
            }
            else
            {
                _awaited[network] = awaited;
            }
        }
    }

    /// <summary>Whether any network waits for one of this name.</summary>
    public bool IsAwaited(string name)
    {
        lock (_lock)
        {
            return _waiting.ContainsKey(name);
        }
    }

    /// <summary>The network whose guests are served on an address, and that runs; null = none.</summary>
    public string? FindServing(IPAddress address)
    {
        lock (_lock)
        {
            return _serving.GetValueOrDefault(address);
        }
    }

    /// <summary>Those of these that run.</summary>
    public Dictionary<string, RunningNetwork> Find(IEnumerable<string> names)
    {
        lock (_lock)
        {
            return names.Distinct().Where(_running.ContainsKey).ToDictionary(name => name, name => _running[name]);
        }
    }
}

/// <summary>Where the guests of a network are that runs.</summary>
/// <param name="Bridge">Null = it has none of its own: they are on another network.</param>
/// <param name="Addresses">The bridge's own, on which they are served.</param>
internal sealed record RunningNetwork(string? Bridge, ValueList<IPNetwork> Subnets, ValueList<IPAddress> Addresses)
{
    public static RunningNetwork Of(NetworkDefinition live) => new(
        live.OwnsBridge ? live.BridgeName : null,
        live.Ips.Select(ip => ip.Network).OfType<IPNetwork>().ToValueList(),
        live.OwnsBridge ? live.Ips.Select(ip => ip.Address).ToValueList() : []);
}
