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
/// waits for it meanwhile. Where it cannot be seen which there are, all of them count as failed, and it is looked again each time.
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

    /// <summary>Of conditions.</summary>
    private const string Source = "hooks";

    private const UnixFileMode AnyExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly CancellationTokenSource _stopped = new();
    private volatile IReadOnlyList<string>? _scripts;
    private ITimer? _stopTimer;

    /// <summary>Whether there are any scripts, or may be.</summary>
    public bool Any => Scripts() is not { Count: 0 };

    /// <summary>Looks for scripts anew at the next call.</summary>
    public void Reload() => _scripts = null;

    /// <summary>The daemon stops: scripts that still run after <see cref="StopLimit"/> are killed, and no further ones start.</summary>
    public void EndSoon() => _stopTimer ??= time.CreateTimer(
        _ => _stopped.CancelAsync(), null, StopLimit, Timeout.InfiniteTimeSpan);

    /// <returns>Whether any script ran.</returns>
    /// <exception cref="VirtNetException">Code 70: a script failed, did not end in time, or it cannot be seen which there are.</exception>
    public async Task<bool> RunAsync(NetworkHook hook, NetworkDefinition live, NetworkPort? port = null)
    {
        IReadOnlyList<string> scripts = Scripts() ?? throw Failed($"cannot list the scripts in {paths.Hooks}", cause: null);
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

    private static VirtNetException Failed(string reason, Exception? cause) => new(
        VirErrorCode.HookScriptFailed, $"Hook script execution failed: internal error: {reason}", VirErrorDomain.Hook, cause);

    /// <returns>Null where it cannot be seen which there are.</returns>
    private IReadOnlyList<string>? Scripts()
    {
        if (_scripts is { } known)
        {
            return known;
        }

        try
        {
            return _scripts = FindScripts();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string text = $"networks do not start: which hook scripts there are cannot be seen: {e.Message}";
            if (conditions.Set(network: null, Source, [new Condition(ConditionKind.Warning, text)]))
            {
                logger.ScriptsUnknown(paths.Hooks, e.Message);
            }

            return null;
        }
    }

    private List<string> FindScripts()
    {
        string main = Path.Combine(paths.Hooks, "network");
        List<string> scripts = [.. Candidates(main).Where(file => (File.GetUnixFileMode(file) & AnyExecute) != 0)];
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

        conditions.Set(network: null, Source, refused);
        return scripts;
    }

    /// <exception cref="UnauthorizedAccessException">Also of a folder that looks empty to those who ask for one file in it.</exception>
    private IEnumerable<string> Candidates(string main)
    {
        string folder = main + ".d";
        IEnumerable<string> there = Directory.Exists(paths.Hooks) ? Directory.EnumerateFileSystemEntries(paths.Hooks) : [];
        IEnumerable<string> others = there.Contains(folder) && Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
            : [];
        return others.Prepend(main).Where(File.Exists);
    }
}
