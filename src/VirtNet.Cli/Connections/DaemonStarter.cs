using System.Net.Sockets;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Connections;

/// <summary>Starts virtnetd in the background, where no service manager does.</summary>
/// <param name="programFolder">Where this program is: the daemon beside it is the one that fits.</param>
internal sealed class DaemonStarter(Terminal terminal, TimeProvider time, string programFolder, Func<string, string?> variable)
{
    private const string Program = "virtnetd";

    /// <summary>What the daemon says until it can be reached; it holds the reason when it cannot.</summary>
    private const string LogFile = "/run/virtnet/virtnetd.log";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Networks are root's business.</summary>
    public bool MayStart { get; } = Environment.IsPrivilegedProcess;

    /// <summary>Starts the daemon and waits until its socket can be connected to.</summary>
    public async Task StartAsync(string socket, CancellationToken cancellationToken)
    {
        string program = Find() ?? throw VirtNetException.OperationFailed(
            $"nobody listens on '{socket}', and {Program} is neither in {programFolder} nor in PATH");
        terminal.Note($"virtnet: {Program} is not running: starting {program}");
        Directory.CreateDirectory(Path.GetDirectoryName(LogFile)!);

        // A session of its own, or the terminal's interrupt would end the daemon along with the command; its output in a
        // file, or whoever reads ours would wait for the daemon's end.
        BufferedCommandResult started = await CliWrap.Cli.Wrap("/bin/sh")
            .WithArguments(["-c", """exec setsid -f "$1" </dev/null >"$2" 2>&1""", "sh", program, LogFile])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (started.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed($"cannot start {program}: {started.StandardError.Trim()}");
        }

        await WaitAsync(program, socket, cancellationToken);
    }

    private async Task WaitAsync(string program, string socket, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (!IsListening(socket))
        {
            if (time.GetElapsedTime(start) > Patience)
            {
                throw VirtNetException.OperationFailed(
                    $"{program} did not come up within {Patience.TotalSeconds:F0} s: {LastLine(LogFile)}");
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
