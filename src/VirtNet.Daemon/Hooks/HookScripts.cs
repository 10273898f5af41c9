using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Linux;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Daemon.Hooks;

/// <summary>
/// Calls the operator's scripts: <c>hooks/network</c>, then the executables of <c>hooks/network.d</c> in name order,
/// with libvirt's arguments, and the live network (and port) on standard input. Which scripts there are is remembered
/// until <see cref="Reload"/>.
/// </summary>
internal sealed class HookScripts(
    DaemonPaths paths, ICommandRunner commands, ConditionBoard conditions, ILogger<HookScripts> logger)
{
    private const UnixFileMode AnyExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private volatile IReadOnlyList<string>? _scripts;

    /// <summary>Looks for scripts anew at the next call.</summary>
    public void Reload() => _scripts = null;

    /// <returns>Whether any script ran.</returns>
    /// <exception cref="VirtNetException">Code 70: a script failed.</exception>
    public async Task<bool> RunAsync(NetworkHook hook, NetworkDefinition live, NetworkPort? port = null)
    {
        IReadOnlyList<string> scripts = _scripts ??= FindScripts();
        if (scripts.Count == 0)
        {
            return false;
        }

        string input = Data(live, port);
        foreach (string script in scripts)
        {
            HostCommand command = new(script, [live.Name, hook.Operation, hook.SubOperation, "-"], input);
            try
            {
                await commands.RunAsync(command, CancellationToken.None);
            }
            catch (HostCommandException e)
            {
                string error = e.Error.Trim() is { Length: > 0 } text ? ": " + text : "";
                throw new VirtNetException(
                    VirErrorCode.HookScriptFailed,
                    $"Hook script execution failed: internal error: Child process ({command}) unexpected exit status {e.ExitCode}{error}",
                    VirErrorDomain.Hook,
                    e);
            }
        }

        return true;
    }

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

    private static string Data(NetworkDefinition live, NetworkPort? port) =>
        "<hookData>\n" + Indent(NetworkXml.Format(live)) + (port is null ? "" : Indent(NetworkPortXml.Format(port))) + "</hookData>\n";

    private static string Indent(string xml) =>
        string.Concat(xml.TrimEnd('\n').Split('\n').Select(line => "  " + line + "\n"));
}
