using VirtNet.Model;

namespace VirtNet.Cli.Connections;

/// <summary>What systemd knows of the daemon.</summary>
internal enum UnitState
{
    /// <summary>Nothing, or there is no systemd.</summary>
    Absent,

    Installed,

    /// <summary>An administrator does not want it to be started.</summary>
    Masked,
}

/// <summary>The daemon's units.</summary>
internal sealed class SystemdUnits(IPrograms programs)
{
    public const string Service = "virtnetd.service";

    /// <summary>As people write them on a command line.</summary>
    public const string All = "virtnetd.socket virtnetd-ro.socket virtnetd.service";

    private const string Systemctl = "systemctl";

    /// <summary>Where systemd does not run, systemctl fails: there are no units then.</summary>
    public async Task<UnitState> FindAsync(CancellationToken cancellationToken)
    {
        ProgramResult shown = await programs.RunAsync(
            Systemctl, ["show", "--property=LoadState", .. All.Split(' ')], cancellationToken);
        HashSet<string> states = [.. shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        return shown.ExitCode != 0 ? UnitState.Absent
            : states.Contains("LoadState=masked") ? UnitState.Masked
            : states.Any(state => state != "LoadState=not-found") ? UnitState.Installed
            : UnitState.Absent;
    }

    /// <exception cref="VirtNetException">systemd cannot start it; the text holds its words.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        ProgramResult started = await programs.RunAsync(Systemctl, ["start", .. All.Split(' ')], cancellationToken);
        if (started.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed(
                $"systemd cannot start virtnetd: {started.Error.Trim().ReplaceLineEndings(" ")}");
        }
    }
}
