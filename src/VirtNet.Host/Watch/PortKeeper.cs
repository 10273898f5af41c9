using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Reconcile;
using VirtNet.Model;

namespace VirtNet.Host.Watch;

/// <summary>
/// Puts guests back on their bridge whom somebody took off it (systemd-networkd and NetworkManager do so with devices that
/// they believe to be theirs), and says of each port that left where it is now.
/// </summary>
internal sealed class PortKeeper : IAsyncDisposable
{
    private readonly RtnetlinkClient _netlink;
    private readonly OwnBridges _own;
    private readonly Func<Guid, WatchedNetwork?> _findNetwork;
    private readonly PortReturn _return;
    private readonly TimeProvider _time;
    private readonly ILogger<PortKeeper> _logger;

    private readonly Lock _gate = new();
    private readonly PortDepartures _departures = new();
    private readonly HashSet<int> _pulled = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _keeping;

    /// <param name="findNetwork">Finds a network that is on the host now.</param>
    public PortKeeper(
        RtnetlinkClient netlink, OwnBridges own, Func<Guid, WatchedNetwork?> findNetwork, PortReturn portReturn, TimeProvider time,
        ILogger<PortKeeper> logger)
    {
        _netlink = netlink;
        _own = own;
        _findNetwork = findNetwork;
        _return = portReturn;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _keeping = KeepAsync();
    }

    /// <summary>A port left its bridge, or was set down on it.</summary>
    public void Left(WatchedNetwork network, LinkMessage port, bool released)
    {
        lock (_gate)
        {
            _departures.Left(network.Uuid, port, released, _time.GetUtcNow());
            Arm();
        }
    }

    /// <summary>virtnet itself takes the carrier of a device away for a moment, or has given it back: that it is down is no news.</summary>
    public void Pull(int port, bool ended)
    {
        lock (_gate)
        {
            _ = ended ? _pulled.Remove(port) : _pulled.Add(port);
        }
    }

    /// <summary>Something was announced about any device of the host.</summary>
    public void Heard(LinkMessage link, bool deleted)
    {
        DepartedPort? moved = null;
        lock (_gate)
        {
            if (_departures.Count > 0)
            {
                moved = deleted && link.MovedElsewhere ? _departures.Find(link.Index) : null;
                _departures.Heard(link, deleted, _time.GetUtcNow());
                Arm();
            }
        }

        if (moved is not null && _findNetwork(moved.Network) is { Bridge: { } own } network)
        {
            Say(network, own.Name, moved, "in another network namespace");
        }
    }

    /// <summary>The port object with this address was deleted.</summary>
    public void Release(Guid network, MacAddress mac)
    {
        lock (_gate)
        {
            _departures.Release(network, port => port.IsPortOf(mac));
        }
    }

    /// <summary>They were on a bridge that was deleted, and come back with it.</summary>
    public void Forget(IReadOnlyCollection<LinkMessage> ports)
    {
        lock (_gate)
        {
            _departures.Forget(ports);
        }
    }

    public void Forget(Guid network)
    {
        lock (_gate)
        {
            _departures.Forget(network);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _wake.Writer.TryComplete();
        await _keeping;
    }

    private void Arm()
    {
        if (_departures.NextDue is { } due)
        {
            TimeSpan wait = due - _time.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task KeepAsync()
    {
        await foreach (bool _ in _wake.Reader.ReadAllAsync())
        {
            IReadOnlyList<DepartedPort> due;
            lock (_gate)
            {
                due = _departures.TakeDue(_time.GetUtcNow());
            }

            foreach (DepartedPort port in due)
            {
                try
                {
                    Keep(port);
                }
                catch (Exception e) // what is wrong with one of them is no reason to leave the others
                {
                    _logger.PortLookFailed(port.Port.Name, e);
                }
            }

            lock (_gate)
            {
                Arm();
            }
        }
    }

    private void Keep(DepartedPort port)
    {
        if (_findNetwork(port.Network) is not { Bridge: { } own } network)
        {
            lock (_gate)
            {
                _departures.Forget(port);
            }

            return;
        }

        LinkMessage? bridge = _own.Find(own.Name, network.Uuid).Link;
        PortDeparture decision = PortDeparture.Decide(
            port, _netlink.FindLink(port.Index), bridge, _netlink.NameOf, link => GuestPorts.IsGuest(link, _netlink.FindLink));
        switch (decision)
        {
            case PortDeparture.Gone:
                _logger.PortGone(network.Name, port.Port.Name, own.Name);
                End(port);
                break;
            case PortDeparture.Stays:
                port.Said = null; // the entry stays: it knows how often this port has left already
                break;
            case PortDeparture.Left { Waits: true } when IsPulled(port.Port.Index):
                break; // it is looked at again when it is up
            case PortDeparture.Left left:
                Say(network, own.Name, port, left.Where);
                if (!left.Waits)
                {
                    End(port);
                }

                break;
            case PortDeparture.PutBack:
                PutBack(network, bridge!, port);
                break;
        }
    }

    private bool IsPulled(int port)
    {
        lock (_gate)
        {
            return _pulled.Contains(port);
        }
    }

    private void PutBack(WatchedNetwork network, LinkMessage bridge, DepartedPort port)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (port.Pace.NextAllowed > now)
        {
            lock (_gate)
            {
                _departures.LookAt(port, port.Pace.NextAllowed);
            }

            return;
        }

        string? failure = _return.TryPutBack(bridge, port.Port);
        TimeSpan? wait = port.Pace.Count(now);
        if (failure is null)
        {
            _logger.PortWasTakenOff(network.Name, port.Port.Name, bridge.Name);
            port.Said = null;
        }
        else
        {
            Say(network, bridge.Name, port, $"no bridge; it cannot be put back: {failure}");
            lock (_gate)
            {
                _departures.LookAt(port, now + (wait ?? RepairPace.FirstWait));
            }
        }

        if (wait is { } pause)
        {
            _logger.PortSlowingDown(network.Name, port.Port.Name, bridge.Name, pause.TotalSeconds);
        }
    }

    private void Say(WatchedNetwork network, string bridge, DepartedPort port, string where)
    {
        if (port.Said != where)
        {
            port.Said = where;
            _logger.PortLeft(network.Name, port.Port.Name, bridge, where);
        }
    }

    private void End(DepartedPort port)
    {
        lock (_gate)
        {
            _departures.Forget(port);
        }
    }
}
