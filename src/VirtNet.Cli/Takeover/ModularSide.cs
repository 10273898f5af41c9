using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// virtnetworkd, whose place virtnetd takes: virtqemud and libvirt's clients ask whoever listens at its socket. virtqemud knows its
/// guests' interfaces by their ports, which come and go with the networks, under the same UUIDs.
/// </summary>
internal sealed class ModularSide(LibvirtDaemon libvirt, NetworkSockets sockets, PortFiles ports) : ILibvirtSide
{
    public LibvirtProgram Program => LibvirtProgram.Modular;

    public bool LeavesWhole => true;

    public string Plan => "virtnetworkd would be stopped and masked, and virtqemud and libvirt's clients find virtnetd at its sockets";

    public string Outcome => "virtnetworkd is stopped and masked: virtqemud and libvirt's clients find virtnetd at its sockets";

    public string PlanBack => "virtnetworkd would be started, and virtqemud and libvirt's clients find it at its sockets again";

    public IEnumerable<string> Objections(LibvirtNetwork stored, LiveNetwork live) => [];

    public Task RequireReadyAsync(CancellationToken cancellationToken) => sockets.RequireReadyAsync(cancellationToken);

    /// <remarks>It touches a network that runs only when it starts, or when its clients ask: it is ended when virtnetd can answer them.</remarks>
    public Task LeaveAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task HandOverAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken)
    {
        await sockets.KeepOutAsync(cancellationToken);
        await libvirt.StopAsync(cancellationToken);
        foreach (TakeoverJournal journal in journals.Where(journal => journal.Live is not null))
        {
            await ports.BringAsync(new NetworkRef(journal.Name, journal.Uuid), cancellationToken);
            if (journal.OwnsBridge)
            {
                ListLinks.MakeOfGuests(journal.Running.Definition);
            }
        }

        await sockets.OpenAsync(cancellationToken);
        await using LibvirtConnection there = await libvirt.ConnectAsync(cancellationToken);
        DaemonStatus _ = await there.GetStatusAsync(cancellationToken); // which is virtnetd's alone to answer
        foreach (TakeoverJournal journal in journals.Where(journal => journal.Live is not null))
        {
            if (!await there.IsActiveAsync(new NetworkRef(journal.Name, journal.Uuid), cancellationToken))
            {
                throw VirtNetException.OperationFailed($"network '{journal.Name}' does not run for libvirt's clients after its take-over");
            }
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await sockets.CloseAsync(cancellationToken);
        await libvirt.StopAsync(cancellationToken);
    }

    public Task RestoreAsync(NetworkRef network, string? bridge, CancellationToken cancellationToken) =>
        ports.ReturnAsync(network, bridge, cancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await sockets.LetInAsync(cancellationToken);
        await libvirt.StartAsync(cancellationToken);
    }

    public Task EndAsync(CancellationToken cancellationToken) => sockets.RenewAsync(cancellationToken);
}
