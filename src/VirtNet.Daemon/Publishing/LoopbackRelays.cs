using System.Net;
using System.Net.Sockets;
using VirtNet.Host;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Publishing;

/// <summary>Relays of what networks publish on ::1. There are none where nothing is. Thread-safe.</summary>
internal sealed class LoopbackRelays(TimeProvider time) : IAsyncDisposable
{
    /// <summary>Each port is a socket.</summary>
    private const int MostPorts = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Relays> _networks = [];
    private readonly HashSet<Task> _ending = [];
    private readonly RelayRoom _room = new(RelayRoom.Most);

    /// <summary>Relays exactly these from now on; connections to what stays published stay.</summary>
    /// <param name="places">On ::1, with the targets that they have now.</param>
    public void Follow(Guid network, IEnumerable<HostPublication> places)
    {
        lock (_lock)
        {
            Dictionary<RelayedPort, IPEndPoint[]> wanted = [];
            Dictionary<HostPublication, string> faults = [];
            foreach (HostPublication place in places.Where(place => place.Targets.Count > 0))
            {
                if (wanted.Count + place.Ports!.Value.Count > MostPorts)
                {
                    faults[place] = $"more than {MostPorts} ports of a network are not relayed on ::1";
                    continue;
                }

                for (int port = place.Ports.Value.First; port <= place.Ports.Value.Last; port++)
                {
                    wanted[new RelayedPort(place.Protocol!.Value, (ushort)port, place)] = TargetsOf(place, port);
                }
            }

            if (!_networks.TryGetValue(network, out Relays? relays))
            {
                if (wanted.Count + faults.Count == 0)
                {
                    return;
                }

                _networks.Add(network, relays = new Relays(new RelayRoom(RelayRoom.MostOfNetwork, _room)));
            }

            relays.Faults = faults;
            Dictionary<(PublishedProtocol, ushort), IPEndPoint[]> byPort = wanted.ToDictionary(one => (one.Key.Protocol, one.Key.Port), one => one.Value);
            foreach ((PublishedProtocol, ushort) gone in relays.Open.Keys.Where(open => !byPort.ContainsKey(open)).ToArray())
            {
                relays.Open.Remove(gone, out PortRelay? relay);
                End(relay!);
            }

            foreach ((RelayedPort port, IPEndPoint[] targets) in wanted)
            {
                Set(relays, port, targets);
            }

            if (relays.Open.Count + faults.Count == 0)
            {
                _networks.Remove(network);
            }
        }
    }

    /// <summary>Why one is not relayed; null = it is, or need not be.</summary>
    public string? FaultOf(Guid network, HostPublication place)
    {
        lock (_lock)
        {
            return _networks.GetValueOrDefault(network)?.Faults.FirstOrDefault(fault => fault.Key.IsSamePlace(place)).Value;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        lock (_lock)
        {
            foreach (PortRelay relay in _networks.Values.SelectMany(relays => relays.Open.Values))
            {
                End(relay);
            }

            _networks.Clear();
            ending = [.. _ending];
        }

        await Task.WhenAll(ending);
    }

    private void Set(Relays relays, RelayedPort port, IPEndPoint[] targets)
    {
        if (relays.Open.TryGetValue((port.Protocol, port.Port), out PortRelay? open))
        {
            open.Targets = targets;
            return;
        }

        try
        {
            relays.Open.Add((port.Protocol, port.Port), PortRelay.Open(port.Protocol, port.Port, targets, relays.Room, time));
        }
        catch (SocketException e)
        {
            relays.Faults[port.Place] = $"[::1]:{port.Port}/{port.Protocol.Name()} is not relayed: {e.Message}";
        }
    }

    private void End(PortRelay relay)
    {
        _ending.RemoveWhere(task => task.IsCompleted);
        _ending.Add(relay.DisposeAsync().AsTask());
    }

    private static IPEndPoint[] TargetsOf(HostPublication place, int port) =>
    [
        .. place.Targets.SelectMany(target => Enumerable.Repeat(
            new IPEndPoint(target.Address!, (target.FirstPort ?? place.Ports!.Value.First) + port - place.Ports!.Value.First), target.Weight)),
    ];

    private sealed record RelayedPort(PublishedProtocol Protocol, ushort Port, HostPublication Place);

    private sealed class Relays(RelayRoom room)
    {
        public RelayRoom Room { get; } = room;

        public Dictionary<(PublishedProtocol Protocol, ushort Port), PortRelay> Open { get; } = [];

        public Dictionary<HostPublication, string> Faults { get; set; } = [];
    }
}
