using VirtNet.Cli.Libvirt;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>libvirtd, which starts guests only on networks of its own: it keeps a stub in the place of each.</summary>
internal sealed class MonolithicSide(LibvirtDaemon libvirt, StubFiles stubs) : ILibvirtSide
{
    public LibvirtProgram Program => LibvirtProgram.Monolithic;

    public bool LeavesWhole => false;

    public string Plan => "libvirtd would read its files again, with a stub in the place of each network, and go on with its guests";

    public string Outcome => "libvirtd has a stub of each, on which its guests start";

    public string PlanBack => "libvirtd would be started anew, with its networks in the place of stubs, and go on with its guests";

    public IEnumerable<string> Objections(LibvirtNetwork stored, LiveNetwork live) => StubObjections.Of(live.Definition);

    public Task RequireReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task LeaveAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken) =>
        stubs.PutAsync([.. journals.Select(journal => journal.Running.Definition)], cancellationToken);

    public Task HandOverAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => libvirt.StopAsync(cancellationToken);

    public Task RestoreAsync(NetworkRef network, string? bridge, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => libvirt.StartAsync(cancellationToken);

    public Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
