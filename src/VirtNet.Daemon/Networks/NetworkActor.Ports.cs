using VirtNet.Daemon.Files;
using VirtNet.Daemon.Hooks;
using VirtNet.Model;
using VirtNet.Model.Ports;

namespace VirtNet.Daemon.Networks;

/// <content>Guest interfaces.</content>
internal sealed partial class NetworkActor
{
    /// <param name="request">The parsed port; with <paramref name="reclaim"/> it says what it had before.</param>
    public Task<NetworkPort> CreatePortAsync(NetworkPort request, bool reclaim, CancellationToken cancellationToken) =>
        InvokeExistingAsync(
            async () =>
            {
                NetworkDefinition live = RequireLive();
                NetworkPort port = NetworkPortAllocator.Allocate(live, _snapshot.Ports, request, reclaim);
                await ReplacePortsAsync(live, [.. _snapshot.Ports, port]);
                try
                {
                    _environment.StateFiles.SavePort(Name, port);
                    if (await _environment.Hooks.RunAsync(NetworkHook.PortCreated, live, port))
                    {
                        Snapshot = _snapshot with { HookTainted = true };
                    }

                    SaveState();
                }
                catch
                {
                    await AttemptAsync("remove the file of a port", () => _environment.StateFiles.DeletePort(Name, port.Uuid));
                    await AttemptAsync("give back a port", () => ReplacePortsAsync(live, Without(port.Uuid)));
                    Snapshot = _snapshot with { Ports = Without(port.Uuid) };
                    throw;
                }

                return port;
            },
            cancellationToken);

    public Task DeletePortAsync(Guid uuid, CancellationToken cancellationToken) => InvokeExistingAsync(
        async () =>
        {
            NetworkPort port = RequirePort(uuid);
            NetworkDefinition live = RequireLive();
            _environment.StateFiles.DeletePort(Name, uuid); // first: with its file it would come back
            await AttemptAsync("give back a port", () => ReplacePortsAsync(live, Without(uuid)));
            Snapshot = _snapshot with { Ports = Without(uuid) };
            if (!_snapshot.Ports.Any(other => other.Mac == port.Mac))
            {
                _environment.Host.Release(live.Uuid!.Value, port.Mac);
            }

            await AttemptAsync("write its state", SaveState); // the guest is gone, whatever the disk says
            await AttemptAsync("run its hook", () => _environment.Hooks.RunAsync(NetworkHook.PortDeleted, live, port));
        },
        cancellationToken);

    /// <param name="edit">Pure: the port with its new bandwidth.</param>
    public Task ChangePortAsync(
        Guid uuid,
        Func<NetworkDefinition, IReadOnlyCollection<NetworkPort>, NetworkPort, NetworkPort> edit,
        CancellationToken cancellationToken) =>
        InvokeExistingAsync(
            async () =>
            {
                NetworkPort before = RequirePort(uuid);
                NetworkDefinition live = RequireLive();
                NetworkPort after = edit(live, _snapshot.Ports, before);
                NetworkSnapshot unchanged = _snapshot;
                await ReplacePortsAsync(live, [.. _snapshot.Ports.Select(port => port.Uuid == uuid ? after : port)]);
                try
                {
                    SaveState();
                    _environment.StateFiles.SavePort(Name, after); // last: from it a restarted daemon goes on
                }
                catch
                {
                    await AttemptAsync("undo a change of a port", () => ReplacePortsAsync(live, unchanged.Ports));
                    Snapshot = unchanged;
                    await AttemptAsync("write its state", SaveState);
                    throw;
                }
            },
            cancellationToken);

    /// <summary>The port, or the error that libvirt has for its absence: it is told before "not active".</summary>
    public NetworkPort RequirePort(Guid uuid) =>
        _snapshot.Ports.FirstOrDefault(port => port.Uuid == uuid)
        ?? throw new VirtNetException(
            VirErrorCode.NoNetworkPort, $"network port not found: Network port with UUID {uuid} does not exist");

    private async Task ReplacePortsAsync(NetworkDefinition live, ValueList<NetworkPort> ports)
    {
        ValueList<NetworkPort> before = _snapshot.Ports;
        if (ConcernHost(before) || ConcernHost(ports) || _environment.FollowsGuests(live)) // whom names stand for ports say, too
        {
            await ConvergeHostAsync(live, ports);
        }

        Snapshot = _snapshot with { Ports = ports };
        _environment.MacMaps.Save(live, ports);
    }

    // Only ports with a guaranteed floor have something of their own on the host; any limit keeps connections from being offloaded.
    private bool ConcernHost(IEnumerable<NetworkPort> ports) =>
        ports.Any(port => port.Bandwidth?.ClassId is not null || (_environment.Host.OffloadsFlows && port.IsLimited));

    private ValueList<NetworkPort> Without(Guid uuid) => _snapshot.Ports.Where(port => port.Uuid != uuid).ToValueList();

    private void SaveState() => _environment.StateFiles.Save(_snapshot);
}
