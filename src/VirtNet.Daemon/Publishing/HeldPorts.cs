using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Host;
using VirtNet.Linux;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Publishing;

/// <summary>
/// Holds published ports of the host: a process that came later would get none of its connections, and be told nothing. It is refused
/// instead, as if somebody listened. Not held are ports that processes of the host are to answer on, those of one interface only (who
/// comes by another is not published to), and ranges of more than <see cref="MostOfRange"/>. Thread-safe.
/// </summary>
/// <param name="open">Takes a port; what it returns gives it back.</param>
internal sealed class HeldPorts(Func<HeldPort, IDisposable> open, ILogger<HeldPorts> logger) : IDisposable
{
    public const int MostOfRange = 64;

    /// <summary>Each is a descriptor: at most so many, and at most an eighth of what this process may have.</summary>
    private const int Most = 4096;

    private readonly int _most = (int)Math.Min(Most, Libc.DescriptorLimit() / 8);
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, HashSet<Wish>> _networks = [];
    private readonly Dictionary<Key, Dictionary<Wish, int>> _wishes = [];
    private readonly Dictionary<HeldPort, IDisposable> _held = [];
    private readonly Dictionary<Key, List<HeldPort>> _byKey = [];
    private readonly Dictionary<HeldPort, string> _faults = [];
    private bool _saidFull;

    /// <summary>Holds exactly these from now on.</summary>
    public void Follow(Guid network, IEnumerable<HostPublication> places)
    {
        HashSet<Wish> wishes = [.. places.SelectMany(WishesOf)];
        lock (_lock)
        {
            HashSet<Wish> former = _networks.GetValueOrDefault(network, []);
            HashSet<Key> touched = [.. _faults.Keys.Select(Key.Of)]; // it may be free by now
            foreach (Wish gone in former.Where(wish => !wishes.Contains(wish)))
            {
                touched.Add(gone.Of);
                if (--_wishes[gone.Of][gone] == 0)
                {
                    _wishes[gone.Of].Remove(gone);
                }
            }

            foreach (Wish come in wishes.Where(wish => !former.Contains(wish)))
            {
                touched.Add(come.Of);
                Dictionary<Wish, int> all = _wishes.TryGetValue(come.Of, out Dictionary<Wish, int>? have) ? have : _wishes[come.Of] = [];
                all[come] = all.GetValueOrDefault(come) + 1;
            }

            if (wishes.Count == 0)
            {
                _networks.Remove(network);
            }
            else
            {
                _networks[network] = wishes;
            }

            foreach (Key key in touched)
            {
                Settle(key);
            }
        }
    }

    /// <summary>Whether this is who has a port.</summary>
    public bool Has(PublishedProtocol protocol, IPEndPoint local)
    {
        lock (_lock)
        {
            return _held.ContainsKey(new HeldPort(protocol == PublishedProtocol.Udp, local.Address, (ushort)local.Port));
        }
    }

    /// <summary>Why a port of one is not held; null = it is, or need not be.</summary>
    public string? FaultOf(HostPublication place)
    {
        lock (_lock)
        {
            return _faults.Count == 0 ? null
                : WishesOf(place).Where(wish => wish.Hold is not null).Select(wish => _faults.GetValueOrDefault(wish.Hold!.Value)).FirstOrDefault(fault => fault is not null);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (IDisposable port in _held.Values)
            {
                port.Dispose();
            }

            _held.Clear();
            _byKey.Clear();
            _networks.Clear();
            _wishes.Clear();
        }
    }

    private void Settle(Key key)
    {
        Wish[] wishes = [.. _wishes.GetValueOrDefault(key)?.Keys ?? Enumerable.Empty<Wish>()];
        if (wishes.Length == 0)
        {
            _wishes.Remove(key);
        }

        // Every address holds each of them; where a port is left to somebody, no address of his is held.
        HeldPort[] wanted = Array.Exists(wishes, wish => wish is { Hold: null, IsRelay: false }) ? []
            : [.. wishes.Select(wish => wish.Hold).OfType<HeldPort>()];
        HeldPort every = new(key.IsUdp, key.Ipv6 ? IPAddress.IPv6Any : IPAddress.Any, key.Port);
        wanted = Array.Exists(wishes, wish => wish.IsRelay) ? [.. wanted.Where(port => port != every)]
            : wanted.Contains(every) ? [every] : wanted;
        foreach (HeldPort port in _byKey.GetValueOrDefault(key, []).Where(port => !wanted.Contains(port)).ToArray())
        {
            _held.Remove(port, out IDisposable? held);
            _byKey[key].Remove(port);
            held!.Dispose();
        }

        if (_faults.Count > 0)
        {
            foreach (HeldPort failed in _faults.Keys.Where(port => Key.Of(port) == key).ToArray())
            {
                _faults.Remove(failed);
            }
        }

        foreach (HeldPort port in wanted.Where(port => !_held.ContainsKey(port)))
        {
            Take(port);
        }

        if (_byKey.TryGetValue(key, out List<HeldPort>? left) && left.Count == 0)
        {
            _byKey.Remove(key);
        }
    }

    private void Take(HeldPort port)
    {
        if (_held.Count >= _most)
        {
            if (!_saidFull)
            {
                _saidFull = true;
                logger.NoMorePortsHeld(_most);
            }

            return;
        }

        try
        {
            _held.Add(port, open(port));
            (_byKey.TryGetValue(Key.Of(port), out List<HeldPort>? have) ? have : _byKey[Key.Of(port)] = []).Add(port);
        }
        catch (SystemCallException e)
        {
            _faults[port] = $"port {port.Port}/{(port.IsUdp ? "udp" : "tcp")} is not held ({e.Reason}): "
                + "a process that has it gets none of what is published there";
        }
    }

    private static IEnumerable<Wish> WishesOf(HostPublication place)
    {
        if (place.Protocol is not (PublishedProtocol.Tcp or PublishedProtocol.Udp) || place.Ports is not { Count: <= MostOfRange } ports
            || place.IsOwnAddress)
        {
            yield break;
        }

        bool udp = place.Protocol == PublishedProtocol.Udp;
        IPAddress address = place.Address ?? (place.Ipv6 ? IPAddress.IPv6Any : IPAddress.Any);
        foreach (HostTarget target in place.Targets.Where(target => target.Address is null))
        {
            ushort first = target.FirstPort ?? ports.First;
            for (int i = 0; i < ports.Count; i++)
            {
                yield return new Wish(new Key(udp, place.Ipv6, (ushort)(first + i)), Hold: null, IsRelay: false);
            }
        }

        // A datagram that is not published to whom it comes from is refused: a socket would take it.
        if (place.Interface is not null || (udp && place.Sources.Count > 0) || place.Targets.Any(target => target.Address is null))
        {
            yield break;
        }

        for (int port = ports.First; port <= ports.Last; port++)
        {
            yield return new Wish(
                new Key(udp, place.Ipv6, (ushort)port), place.IsRelayed ? null : new HeldPort(udp, address, (ushort)port), place.IsRelayed);
        }
    }

    /// <summary>Ports that have to do with each other.</summary>
    private readonly record struct Key(bool IsUdp, bool Ipv6, ushort Port)
    {
        public static Key Of(HeldPort port) => new(port.IsUdp, port.Address.AddressFamily == AddressFamily.InterNetworkV6, port.Port);
    }

    /// <param name="Hold">Null = it is left to somebody.</param>
    /// <param name="IsRelay">Whether that is our own relay, which has ::1 of it.</param>
    private readonly record struct Wish(Key Of, HeldPort? Hold, bool IsRelay);
}
