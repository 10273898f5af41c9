using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Host;
using VirtNet.Linux.Users;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Ports;

namespace VirtNet.Daemon.Hooks;

/// <summary>
/// Calls the operator's scripts: <c>hooks/network</c>, then the executables of <c>hooks/network.d</c> in name order,
/// with libvirt's arguments, and the live network (and port) on standard input. Which scripts there are is remembered
/// until <see cref="Reload"/>. A script that hangs is killed, with all that it started, and counts as failed: its network
/// waits for it meanwhile.
/// </summary>
internal sealed class HookScripts(
    DaemonPaths paths, ICommandRunner commands, ConditionBoard conditions, TimeProvider time, ILogger<HookScripts> logger)
    : IDisposable
{
    /// <summary>For each script.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    /// <summary>For scripts that run when the daemon is told to stop, all together.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    /// <summary>In bytes; only errors are ever shown.</summary>
    private const int MaxOutput = 64 << 10;

    private const UnixFileMode AnyExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly CancellationTokenSource _stopped = new();
    private volatile IReadOnlyList<string>? _scripts;
    private ITimer? _stopTimer;

    /// <summary>Whether there are any scripts.</summary>
    public bool Any => (_scripts ??= FindScripts()).Count > 0;

    /// <summary>Looks for scripts anew at the next call.</summary>
    public void Reload() => _scripts = null;

    /// <summary>The daemon stops: scripts that still run after <see cref="StopLimit"/> are killed, and no further ones start.</summary>
    public void EndSoon() => _stopTimer ??= time.CreateTimer(
        _ => _stopped.CancelAsync(), null, StopLimit, Timeout.InfiniteTimeSpan);

    /// <returns>Whether any script ran.</returns>
    /// <exception cref="VirtNetException">Code 70: a script failed, or did not end in time.</exception>
    public async Task<bool> RunAsync(NetworkHook hook, NetworkDefinition live, NetworkPort? port = null)
    {
        IReadOnlyList<string> scripts = _scripts ??= FindScripts();
        if (scripts.Count == 0)
        {
            return false;
        }

        string input = HookDataXml.Format(live, port);
        foreach (string script in scripts)
        {
            await RunAsync(live.Name, new HostCommand(script, [live.Name, hook.Operation, hook.SubOperation, "-"], input)
            {
                TimeLimit = TimeLimit,
                WithDescendants = true,
                OutputLimit = MaxOutput,
            });
        }

        return true;
    }

    public void Dispose()
    {
        _stopTimer?.Dispose();
        _stopped.Dispose();
    }

    private async Task RunAsync(string network, HostCommand command)
    {
        try
        {
            await commands.RunAsync(command, _stopped.Token);
        }
        catch (HostCommandException e) when (e.ExitCode == HostCommandException.TimedOut)
        {
            logger.HookTimedOut(network, $"{command}", e.Error);
            throw Failed($"Child process ({command}) {e.Error}", e);
        }
        catch (HostCommandException e)
        {
            string error = e.Error.Trim() is { Length: > 0 } text ? ": " + text : "";
            throw Failed($"Child process ({command}) unexpected exit status {e.ExitCode}{error}", e);
        }
        catch (OperationCanceledException e)
        {
            logger.HookEnded(network, $"{command}");
            throw Failed($"Child process ({command}) was ended because the daemon stops", e);
        }
    }

    private static VirtNetException Failed(string reason, Exception cause) => new(
        VirErrorCode.HookScriptFailed, $"Hook script execution failed: internal error: {reason}", VirErrorDomain.Hook, cause);

    private List<string> FindScripts()
    {
        string main = Path.Combine(paths.Hooks, "network");
        string folder = main + ".d";
        IEnumerable<string> others = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
            : [];
        List<string> scripts =
            [.. others.Prepend(main).Where(file => File.Exists(file) && (File.GetUnixFileMode(file) & AnyExecute) != 0)];
        List<Condition> refused = [];
        foreach (string script in scripts.ToArray())
        {
            if (FileTrust.Objection(script) is { } objection)
            {
                scripts.Remove(script);
                refused.Add(new Condition(
                    ConditionKind.Warning, $"a daemon that is root does not run the hook {script}: {objection}"));
                logger.ScriptRefused(script, objection);
            }
        }

        conditions.Set(network: null, "hooks", refused);
        return scripts;
    }
}
