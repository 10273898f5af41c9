using System.Net.Sockets;
using System.Text;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Connections;

/// <summary>
/// Starts virtnetd: by its unit where systemd has one, and then never in another way, as that would be a second daemon
/// outside its sandbox; else in the background, as the daemon's own user where there is one.
/// </summary>
/// <param name="programFolder">Where this program is: the daemon beside it is the one that fits.</param>
/// <param name="users">The host's file of users.</param>
internal sealed class DaemonStarter(
    Terminal terminal, TimeProvider time, string programFolder, Func<string, string?> variable, IPrograms programs,
    string users = "/etc/passwd")
{
    private const string Program = "virtnetd";
    private const string User = "virtnet";

    /// <summary>
    /// What the daemon says; it holds the reason when it does not come up. In a folder that is root's: what is written as root
    /// must not be a link that somebody else has put there.
    /// </summary>
    private const string LogFile = "/run/virtnetd.log";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Networks are root's business.</summary>
    public bool MayStart { get; } = Environment.IsPrivilegedProcess;

    /// <summary>Starts the daemon and waits until its socket can be connected to.</summary>
    /// <exception cref="VirtNetException">It must not be started, or does not come up.</exception>
    public async Task StartAsync(string socket, CancellationToken cancellationToken)
    {
        SystemdUnits units = new(programs);
        switch (await units.FindAsync(cancellationToken))
        {
            case UnitState.Masked:
                throw VirtNetException.OperationFailed(
                    $"nobody listens on '{socket}', and {Program} is masked: `systemctl unmask {SystemdUnits.All}` lets it be started");
            case UnitState.Installed:
                terminal.Note($"virtnet: {Program} is not running: starting {SystemdUnits.Service}");
                await units.StartAsync(cancellationToken);
                await WaitAsync(SystemdUnits.Service, socket, () => $"see journalctl -u {Program}", cancellationToken);
                break;
            default:
                await StartInBackgroundAsync(socket, cancellationToken);
                break;
        }
    }

    private async Task StartInBackgroundAsync(string socket, CancellationToken cancellationToken)
    {
        string program = Find() ?? throw VirtNetException.OperationFailed(
            $"nobody listens on '{socket}', and {Program} is neither in {programFolder} nor in PATH");
        terminal.Note($"virtnet: {Program} is not running: starting {program}");

        // A session of its own, or the terminal's interrupt would end the daemon along with the command; and none of our
        // streams, or whoever reads ours would wait for the daemon's end.
        string[] asUser = HasUser() ? ["--user", User] : [];
        ProgramResult started = await programs.RunAsync(
            "/bin/sh",
            ["-c", """exec setsid -f "$@" </dev/null >/dev/null 2>&1""", "sh", program, "--log", LogFile, .. asUser],
            cancellationToken);
        if (started.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed($"cannot start {program}: {started.Error.Trim()}");
        }

        await WaitAsync(program, socket, () => LastLine(LogFile), cancellationToken);
    }

    private bool HasUser()
    {
        try
        {
            return File.ReadLines(users).Any(line => line.StartsWith(User + ":", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task WaitAsync(
        string program, string socket, Func<string> reason, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (!IsListening(socket))
        {
            if (time.GetElapsedTime(start) > Patience)
            {
                throw VirtNetException.OperationFailed(
                    $"{program} did not come up within {Patience.TotalSeconds:F0} s: {reason()}");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private string? Find() =>
        new[] { programFolder }
            .Concat((variable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .Select(folder => Path.Combine(folder, Program))
            .FirstOrDefault(File.Exists);

    private static bool IsListening(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string LastLine(string path)
    {
        try
        {
            return File.ReadLines(path, Encoding.UTF8).LastOrDefault(line => line.Length > 0) ?? $"{path} is empty";
        }
        catch (IOException)
        {
            return $"see {path}";
        }
    }
}
