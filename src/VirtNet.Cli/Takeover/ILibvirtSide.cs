using VirtNet.Cli.Libvirt;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// What libvirt's side of a move is, which depends on the program that has networks there. Each step looks at how far it is
/// already, so that it can be done again after whatever stopped it.
/// </summary>
internal interface ILibvirtSide
{
    /// <summary>That program.</summary>
    LibvirtProgram Program { get; }

    /// <summary>Whether that program leaves this host with its networks: then all of them go, also those that do not run.</summary>
    bool LeavesWhole { get; }

    /// <summary>What becomes of that program, for who only asks.</summary>
    string Plan { get; }

    /// <summary>The same when it was done.</summary>
    string Outcome { get; }

    /// <summary>What becomes of it on the way back, for who only asks.</summary>
    string PlanBack { get; }

    /// <returns>What speaks against taking this network over, before anything is touched, a sentence each.</returns>
    IEnumerable<string> Objections(LibvirtNetwork stored, LiveNetwork live);

    /// <exception cref="CommandFailure">This host is not ready for it: nothing was touched.</exception>
    Task RequireReadyAsync(CancellationToken cancellationToken);

    /// <summary>Before virtnetd serves: from now on libvirt leaves bridges and rules of these networks alone.</summary>
    Task LeaveAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken);

    /// <summary>virtnetd runs these networks: from now on guests of libvirt's hypervisor daemon get them there.</summary>
    Task HandOverAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken);

    /// <summary>Ends the program. Nobody asks for networks until it is started.</summary>
    Task StopAsync(CancellationToken cancellationToken);

    /// <summary>What libvirt has of a network that runs beside its definitions, before these are there again.</summary>
    /// <param name="network">As virtnetd runs it.</param>
    /// <param name="bridge">Of its own; null = none.</param>
    Task RestoreAsync(NetworkRef network, string? bridge, CancellationToken cancellationToken);

    /// <summary>Starts the program, and waits until it answers.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>libvirt has its networks again, and virtnetd has let go of them.</summary>
    Task EndAsync(CancellationToken cancellationToken);
}
