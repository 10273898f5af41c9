using VirtNet.Cli.Connections;
using VirtNet.Linux.Processes;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Libvirt;

/// <summary>The daemon of libvirt that has the networks of this host.</summary>
internal sealed class LibvirtDaemon(LibvirtProgram program, IPrograms programs, TimeProvider time)
{
    /// <summary>11.3 was seen to take half a minute.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private RunningProcess? _stopped;
    private string? _file;
    private IReadOnlyList<string> _arguments = [];
    private IReadOnlyList<string> _environment = [];

    /// <summary>Null while it does not run.</summary>
    public RunningProcess? Find() => program.Find();

    /// <summary>Has it read its files again, if it runs.</summary>
    /// <returns>Whether it does.</returns>
    public bool Reload() => Find()?.Signal(RunningProcess.Hangup) == true;

    /// <summary>Ends it, and keeps it from being started by a client; what it was called with is kept for <see cref="StartAsync"/>.</summary>
    /// <exception cref="VirtNetException">It does not end.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        RunningProcess? process = Find();
        if (process is not null)
        {
            (_stopped, _file, _arguments, _environment) = (process, process.Program, process.Arguments, process.Environment);
        }

        if (await IsUnitAsync(cancellationToken))
        {
            await RunAsync("systemctl", ["stop", .. program.Units], $"systemd cannot stop {program.Name}", cancellationToken);
        }
        else
        {
            process?.Signal(RunningProcess.Terminate);
        }

        if (process is not null && !await process.EndsWithinAsync(EndLimit, time, cancellationToken))
        {
            throw VirtNetException.OperationFailed($"{program.Name} does not end");
        }
    }

    /// <summary>Starts it, as it was called before where no systemd does that, and waits until it answers.</summary>
    /// <exception cref="VirtNetException">It does not.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await IsUnitAsync(cancellationToken))
        {
            await RunAsync("systemctl", ["start", program.Service], $"systemd cannot start {program.Name}", cancellationToken);
        }
        else if (Find() is null)
        {
            IEnumerable<string> rest = _stopped is null ? [] : _arguments.Skip(1).Where(argument => argument is not ("-d" or "--daemon"));
            string[] variables = _stopped is null ? [] : ["-i", .. _environment];
            await RunAsync("env", [.. variables, _file ?? program.Name, "--daemon", .. rest], $"cannot start {program.Name}", cancellationToken);
        }

        await using LibvirtConnection connection = await ConnectAsync(cancellationToken);
    }

    /// <summary>Waits until what it says of a running network is as wanted.</summary>
    /// <exception cref="VirtNetException">It never is.</exception>
    public async Task AwaitAsync(NetworkRef network, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        await using LibvirtConnection connection = await ConnectAsync(cancellationToken);
        if (!await Polling.UntilAsync(
            async () => await FindXmlAsync(connection, network, cancellationToken) is { } xml && isWanted(xml),
            AnswerLimit, Pause, time, cancellationToken))
        {
            throw VirtNetException.OperationFailed($"{program.Name} does not take up its new file of network '{network.Name}'");
        }
    }

    private static async Task<string?> FindXmlAsync(LibvirtConnection connection, NetworkRef network, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.GetXmlAsync(network, flags: 0, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return null;
        }
    }

    /// <summary>As soon as it answers.</summary>
    /// <exception cref="VirtNetException">It does not.</exception>
    public async Task<LibvirtConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        LibvirtUri uri = LibvirtUri.ForSocket(program.Socket);
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await LibvirtConnection.OpenAsync(uri, new LibvirtConnectionOptions(), cancellationToken);
            }
            catch (VirtNetException e) when (LibvirtConnector.NobodyListens(e) && time.GetElapsedTime(start) < AnswerLimit)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task<bool> IsUnitAsync(CancellationToken cancellationToken) =>
        Directory.Exists("/run/systemd/system")
        && (await programs.RunAsync("systemctl", ["cat", program.Service], cancellationToken)).ExitCode == 0;

    private async Task RunAsync(string command, IReadOnlyList<string> arguments, string failure, CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync(command, arguments, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed($"{failure}: {result.Error.Trim().ReplaceLineEndings(" ")}");
        }
    }
}
