using VirtNet.Daemon.Files;
using VirtNet.Host;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>Going on after a restart, and repair of what others broke.</content>
internal sealed partial class NetworkActor
{
    private Turn? _adoptionTurn;

    /// <summary>Ends when the network is served again after a restart of the daemon.</summary>
    public Task Adopted { get; private set; } = Task.CompletedTask;

    /// <summary>Where its adoption waits for its turn, that comes now.</summary>
    public void Hurry() => _adoptionTurn?.Hurry();

    /// <summary>
    /// After a restart of the daemon: a network whose bridge is gone is stopped for good, as after a boot. That a state file
    /// names a bridge makes it nobody's. A change that was cut short is ended or undone.
    /// </summary>
    public Task SettleAsync(CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            NetworkDefinition live = RequireLive();
            BridgeRecord? record = _environment.StateFiles.LoadBridge(Name);
            if (!HasBridge(live, record))
            {
                SaveGuests(record?.Guests ?? []); // who was on it comes back with it
                WhyDown = $"its bridge {live.BridgeName} was gone when virtnetd began";
                await TakeDownAsync(live);
                Snapshot = _snapshot with { Live = null, Ports = [], HookTainted = false, Unfinished = null };
                LeaveIfGone();
            }
            else
            {
                await AttemptAsync(
                    "recall which targets are down",
                    () => _environment.Publishing.Recall(live, _snapshot.Ports, _environment.StateFiles.LoadDown(Name)));
                if (_snapshot.Unfinished is { } change)
                {
                    await EndAsync(change, live);
                }

                _environment.Adopt(_snapshot.Live!);
            }
        },
        cancellationToken);

    /// <summary>
    /// After a restart of the daemon, when its turn comes or somebody asks for the network: makes sure that the host still holds
    /// it, and serves it again. Does nothing for one that is not active any more. To be called before anybody can ask.
    /// </summary>
    public Task AdoptAsync(TurnQueue turns, CancellationToken cancellationToken)
    {
        Turn turn = new();
        Adopted = InvokeAsync(() => turns.RunAsync(turn, GoOnAsync, cancellationToken), cancellationToken);
        _adoptionTurn = turn;
        return Adopted;
    }

    /// <summary>
    /// The state of the network was lost while its bridge, as the mark on that says, is still there, maybe with guests on it:
    /// the network goes on as it is defined, and is to be adopted. Does nothing for one that is active.
    /// </summary>
    /// <param name="bridge">The name that its bridge has now.</param>
    public Task RebuildAsync(string bridge, CancellationToken cancellationToken) => InvokeExistingAsync(
        () =>
        {
            if (_snapshot is { Live: null, Config: { OwnsBridge: true } config }
                && _environment.LiveOf(config) is { } live
                && _environment.Host.StandingOf(live) != BridgeStanding.Absent) // it may have been stopped meanwhile
            {
                NetworkSnapshot rebuilt = _snapshot with { Live = live, Ports = _environment.StateFiles.LoadPorts(Name) };
                _environment.StateFiles.Save(rebuilt);
                Snapshot = rebuilt;
                _environment.Logger.StateRebuilt(Name, bridge);
                Publish(NetworkLifecycle.Started);
            }

            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>At a reload: host and services are brought to what they shall be. Does nothing for an inactive network.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => InvokeAsync(
        () => _snapshot.Live is { } live ? ServeAsync(live) : Task.CompletedTask, cancellationToken);

    /// <summary>Puts back what somebody else changed. Does nothing for a network that was stopped meanwhile.</summary>
    public Task RepairAsync(CancellationToken cancellationToken) => InvokeAsync(
        async () =>
        {
            if (_snapshot.Live is { } live)
            {
                await AttemptAsync("repair it", async () =>
                {
                    Converged converged = await ConvergeHostAsync(live);
                    if (converged.Changes.Count > 0 || converged.Standing == BridgeStanding.Lost)
                    {
                        await ServeAsync(live, converged.Standing);
                    }
                });
            }
        },
        cancellationToken);

    /// <summary>
    /// Ends or undoes a change in whose midst the last daemon was killed. What either definition has may be on the host, so the
    /// one that is not in force is made whole first: from there it is a change as any other.
    /// </summary>
    private async Task EndAsync(UnfinishedChange change, NetworkDefinition before)
    {
        bool made = change.Config is { } config && _snapshot.Config is { } stored && NetworkXml.Format(config) == NetworkXml.Format(stored);
        _environment.Logger.ChangeWasUnfinished(Name, made ? "ended" : "undone");
        await AttemptAsync("adopt it on the host", () => ConvergeHostAsync(made ? before : change.Live));
        NetworkSnapshot ended = _snapshot with { Live = made ? change.Live : before, Unfinished = null };
        await AttemptAsync("adopt it on the host", () => ConvergeHostAsync(ended.Live!));
        Snapshot = ended;
        if (made)
        {
            _environment.MacMaps.Save(ended.Live!, ended.Ports);
        }

        await AttemptAsync("write its state", SaveState);
    }

    private async Task GoOnAsync()
    {
        if (_snapshot.Live is { } live)
        {
            await ServeAsync(live);
            await AttemptAsync("plug its guests in again", () => PlugGuests(live)); // the last daemon may have been killed before that
            await AttemptAsync("look who left it", () => MissGuests(live));
            await AttemptAsync("give its guests their cables back", () => ReturnCables(live)); // likewise
        }
    }

    private bool HasBridge(NetworkDefinition live, BridgeRecord? record)
    {
        if (!live.OwnsBridge || live.BridgeName is not { } bridge)
        {
            return true;
        }

        switch (_environment.Host.StandingOf(live))
        {
            case BridgeStanding.Lost when record is not null && _environment.Host.IsDisowned(live, record.Index):
                return true; // what the host says of it is said when it is adopted
            case BridgeStanding.Lost:
                _environment.Logger.BridgeReplaced(Name, bridge);
                return false;
            case BridgeStanding.Absent:
                _environment.Logger.BridgeVanished(Name, bridge);
                return false;
            default:
                return true;
        }
    }

    private async Task ServeAsync(NetworkDefinition live)
    {
        BridgeStanding standing = BridgeStanding.InPlace;
        await AttemptAsync("keep what it takes", () =>
        {
            _environment.Adopt(live);
            _environment.Tell(live, _snapshot.Ports);
        });
        await AttemptAsync("adopt it on the host", async () => standing = (await ConvergeHostAsync(live)).Standing);
        await AttemptAsync("serve it again", () => ServeAsync(live, standing));
    }

    /// <summary>Guests are served on the network's own bridge, and on nobody else's.</summary>
    private Task ServeAsync(NetworkDefinition live, BridgeStanding standing) => standing switch
    {
        BridgeStanding.Lost => _environment.Services.StopAsync(live, CancellationToken.None),
        _ when _withdrawn => Task.CompletedTask,
        BridgeStanding.Strayed => Task.CompletedTask, // what is open stays on the bridge, whatever its name
        _ => _environment.Services.ApplyAsync(live, CancellationToken.None),
    };

    private Task<Converged> ConvergeHostAsync(NetworkDefinition live) => ConvergeHostAsync(live, _snapshot.Ports);

    private Task<Converged> ConvergeHostAsync(NetworkDefinition live, ValueList<NetworkPort> ports) =>
        ConvergeHostAsync(_environment.StateOf(live, ports));

    private async Task<Converged> ConvergeHostAsync(NetworkHostState desired)
    {
        Converged converged = await _environment.Host.ConvergeAsync(desired, CancellationToken.None);
        Remember(desired);
        return converged;
    }
}
