using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Host.Spanning;

namespace VirtNet.Host.Watch;

/// <summary>
/// Has the kernel know of guests where they are, and what their ports need, as they come to a host, move and go: nothing that virtnet
/// was asked for changes with that. Where no control plane tells of guests, no port is locked and none is published, nothing is looked at.
/// </summary>
internal sealed class GuestKeeper : IAsyncDisposable
{
    private readonly GuestEntries _entries;
    private readonly RtnetlinkClient _netlink;
    private readonly OwnBridges _own;
    private readonly HostWatcher _watcher;
    private readonly GuestGuard _guard;
    private readonly HairpinPorts? _hairpins;
    private readonly ILogger<GuestKeeper> _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _touched = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _keeping;

    /// <param name="hairpins">Null = ports' hairpin flags are left as they are.</param>
    public GuestKeeper(
        RtnetlinkClient netlink, OwnBridges own, HostWatcher watcher, GuestGuard guard, HairpinPorts? hairpins, ILogger<GuestKeeper> logger)
    {
        _entries = new GuestEntries(netlink);
        _netlink = netlink;
        _own = own;
        _watcher = watcher;
        _guard = guard;
        _hairpins = hairpins;
        _logger = logger;
        _keeping = KeepAsync();
    }

    /// <summary>Guests of a network may be elsewhere than before.</summary>
    public void Touch(WatchedNetwork network)
    {
        if (network.Guests is not null || network.Locks is not null || network.Hairpins is not null)
        {
            lock (_gate)
            {
                _touched.Add(network.Uuid);
            }

            _wake.Writer.TryWrite(true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _wake.Writer.TryComplete();
        await _keeping;
    }

    private async Task KeepAsync()
    {
        await foreach (bool _ in _wake.Reader.ReadAllAsync())
        {
            Guid[] networks;
            lock (_gate)
            {
                networks = [.. _touched];
                _touched.Clear();
            }

            foreach (Guid network in networks)
            {
                await KeepAsync(network);
            }
        }
    }

    private async Task KeepAsync(Guid network)
    {
        // While virtnet itself changes the network that does the same, and this is asked again when it has ended.
        if (_watcher.FindAtRest(network) is not { } known)
        {
            return;
        }

        if (known.Guests is { } guests)
        {
            await AttemptAsync(
                known,
                bridge =>
                {
                    _entries.Apply(before: null, guests, bridge);
                    return Task.CompletedTask;
                },
                _logger.GuestsNotTold);
        }

        await AttemptAsync(known, bridge => _guard.KeepAsync(() => _watcher.FindAtRest(network)?.Locks, bridge), _logger.PortsNotKept);
        if (known.Hairpins is { } hairpins && _hairpins is not null)
        {
            await AttemptAsync(known, bridge => _hairpins.ApplyAsync(hairpins, bridge, CancellationToken.None), _logger.PortsNotKept);
        }
    }

    /// <summary>What fails holds nothing else up.</summary>
    private async Task AttemptAsync(WatchedNetwork network, Func<LinkMessage, Task> step, Action<string, string> told)
    {
        try
        {
            if (network.Bridge is { } own && _netlink.FindLink(own.Name) is { } bridge && _own.IsOurs(bridge, network.Uuid))
            {
                await step(bridge);
            }
        }
        catch (Exception e)
        {
            told(network.Name, e.Message);
        }
    }
}
