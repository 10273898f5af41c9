using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// Who is found where virtqemud and libvirt's clients look for networks. systemd's units say so where it runs virtnetd; elsewhere
/// virtnetd listens there by itself as soon as nobody else does, if its settings want that.
/// </summary>
internal sealed class NetworkSockets(CommandContext context, IPrograms programs)
{
    private const string Systemctl = "systemctl";

    /// <summary>virtnetd looks every two seconds who listens there: it may not have seen yet that virtnetworkd does again.</summary>
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Ours = ["virtnetd-libvirt.socket", "virtnetd-libvirt-ro.socket"];

    private static bool IsSystemdThere => Directory.Exists("/run/systemd/system");

    private static IReadOnlyList<string> Theirs => LibvirtProgram.Modular.Units;

    /// <exception cref="CommandFailure">virtnetd could not be found there: nothing was touched.</exception>
    public async Task RequireReadyAsync(CancellationToken cancellationToken)
    {
        if (await IsUnitAsync(cancellationToken))
        {
            ProgramResult shown = await programs.RunAsync(Systemctl, ["show", "--property=LoadState", "--value", Ours[0]], cancellationToken);
            if (shown.Output.Trim() is not "loaded" and var state)
            {
                throw new CommandFailure($"Failed to take networks over: systemd's unit {Ours[0]}, by which virtqemud would find virtnetd, is {state}");
            }
        }
        else if (!await Polling.UntilAsync(
            () => IsWaitingAsync(cancellationToken), LookLimit, Pause, context.Environment.Time, cancellationToken))
        {
            throw new CommandFailure("Failed to take networks over: virtnetd would not listen where virtqemud looks for networks")
            {
                Hints = ["set libvirt_sockets = \"yes\" in virtnetd.conf and restart virtnetd: it waits there for virtnetworkd's end"],
            };
        }
    }

    /// <summary>Nobody starts virtnetworkd from now on. It is not ended.</summary>
    public Task KeepOutAsync(CancellationToken cancellationToken) =>
        IsSystemdThere ? SystemdAsync("mask", Theirs, "keep virtnetworkd from starting", cancellationToken) : Task.CompletedTask;

    /// <summary>It may be started again.</summary>
    public Task LetInAsync(CancellationToken cancellationToken) =>
        IsSystemdThere ? SystemdAsync("unmask", Theirs, "let virtnetworkd start", cancellationToken) : Task.CompletedTask;

    /// <summary>virtnetd listens there from now on, also after a boot; virtnetworkd does not run.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (await IsUnitAsync(cancellationToken))
        {
            await SystemdAsync("enable", Ours, "give virtnetd its sockets", cancellationToken);
            await RenewAsync(cancellationToken);
        }
    }

    /// <summary>Nobody listens there any more; whoever is connected to virtnetd stays so.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (await IsUnitAsync(cancellationToken))
        {
            await SystemdAsync("disable", Ours, "take virtnetd's sockets away", cancellationToken);
            await SystemdAsync("stop", Ours, "take virtnetd's sockets away", cancellationToken);
        }
    }

    /// <summary>virtnetd takes those sockets that are enabled, and no others. Networks, guests and who waits for an answer see nothing of it.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (await IsUnitAsync(cancellationToken))
        {
            await SystemdAsync("restart", [SystemdUnits.Service], "restart virtnetd", cancellationToken);
            await context.Session.ReopenAsync(context.Session.Target, cancellationToken);
        }
    }

    private async Task<bool> IsWaitingAsync(CancellationToken cancellationToken)
    {
        DaemonStatus daemon = await context.Session.Connection.Extensions.GetStatusAsync(cancellationToken);
        return daemon.Warnings.Any(warning => warning.Contains(LibvirtProgram.Modular.Socket, StringComparison.Ordinal));
    }

    /// <summary>Whether virtnetd, which answers, is systemd's; it may be on its way up.</summary>
    private async Task<bool> IsUnitAsync(CancellationToken cancellationToken) => IsSystemdThere
        && (await programs.RunAsync(Systemctl, ["show", "--property=ActiveState", "--value", SystemdUnits.Service], cancellationToken))
            .Output.Trim() is not ("" or "inactive" or "failed");

    private async Task SystemdAsync(string verb, IReadOnlyList<string> units, string purpose, CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync(Systemctl, [verb, .. units], cancellationToken);
        if (result.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed($"systemd cannot {purpose}: {result.Error.Trim().ReplaceLineEndings(" ")}");
        }
    }
}
