using VirtNet.Cli.Connections;
using VirtNet.Linux.Processes;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Libvirt;

/// <summary>The one daemon of Debian's and Ubuntu's libvirt, which has the network driver in itself.</summary>
internal sealed class LibvirtDaemon(IPrograms programs, TimeProvider time)
{
    /// <summary>Where libvirt has a daemon for networks alone instead.</summary>
    public const string ModularPidFile = "/run/virtnetworkd.pid";

    private const string PidFile = "/run/libvirtd.pid";
    private const string Name = "libvirtd";
    private const string Socket = "/run/libvirt/libvirt-sock";
    private const string Service = "libvirtd.service";

    /// <summary>11.3 was seen to take half a minute.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static readonly string[] Units = [Service, "libvirtd.socket", "libvirtd-ro.socket", "libvirtd-admin.socket"];

    private RunningProcess? _stopped;
    private string? _program;
    private IReadOnlyList<string> _arguments = [];
    private IReadOnlyList<string> _environment = [];

    /// <summary>Null while it does not run.</summary>
    public static RunningProcess? Find() => FindIn(PidFile, Name);

    public static bool IsModular => FindIn(ModularPidFile, "virtnetworkd") is not null;

    /// <summary>Has it read its files again, if it runs.</summary>
    /// <returns>Whether it does.</returns>
    public static bool Reload() => Find()?.Signal(RunningProcess.Hangup) == true;

    /// <summary>Ends it, and keeps it from being started by a client; what it was called with is kept for <see cref="StartAsync"/>.</summary>
    /// <exception cref="VirtNetException">It does not end.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        RunningProcess? process = Find();
        if (process is not null)
        {
            (_stopped, _program, _arguments, _environment) = (process, process.Program, process.Arguments, process.Environment);
        }

        if (await IsUnitAsync(cancellationToken))
        {
            await RunAsync("systemctl", ["stop", .. Units], "systemd cannot stop libvirtd", cancellationToken);
        }
        else
        {
            process?.Signal(RunningProcess.Terminate);
        }

        if (process is not null && !await process.EndsWithinAsync(EndLimit, time, cancellationToken))
        {
            throw VirtNetException.OperationFailed("libvirtd does not end");
        }
    }

    /// <summary>Starts it, as it was called before where no systemd does that, and waits until it answers.</summary>
    /// <exception cref="VirtNetException">It does not.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await IsUnitAsync(cancellationToken))
        {
            await RunAsync("systemctl", ["start", Service], "systemd cannot start libvirtd", cancellationToken);
        }
        else if (Find() is null)
        {
            IEnumerable<string> rest = _stopped is null ? [] : _arguments.Skip(1).Where(argument => argument is not ("-d" or "--daemon"));
            string[] variables = _stopped is null ? [] : ["-i", .. _environment];
            await RunAsync("env", [.. variables, _program ?? Name, "--daemon", .. rest], "cannot start libvirtd", cancellationToken);
        }

        await using LibvirtConnection connection = await ConnectAsync(cancellationToken);
    }

    /// <summary>Waits until what it says of a running network is as wanted.</summary>
    /// <exception cref="VirtNetException">It never is.</exception>
    public async Task AwaitAsync(NetworkRef network, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        await using LibvirtConnection connection = await ConnectAsync(cancellationToken);
        long start = time.GetTimestamp();
        while (await FindXmlAsync(connection, network, cancellationToken) is not { } xml || !isWanted(xml))
        {
            if (time.GetElapsedTime(start) > AnswerLimit)
            {
                throw VirtNetException.OperationFailed($"libvirtd does not take up its new file of network '{network.Name}'");
            }

            await Task.Delay(Pause, time, cancellationToken);
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

    private static RunningProcess? FindIn(string pidFile, string name) =>
        RunningProcess.FromFile(pidFile) is { } process && Path.GetFileName(process.Program) == name ? process : null;

    /// <summary>As soon as it answers.</summary>
    /// <exception cref="VirtNetException">It does not.</exception>
    public async Task<LibvirtConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        LibvirtUri uri = LibvirtUri.ForSocket(Socket);
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
        && (await programs.RunAsync("systemctl", ["cat", Service], cancellationToken)).ExitCode == 0;

    private async Task RunAsync(string program, IReadOnlyList<string> arguments, string failure, CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync(program, arguments, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed($"{failure}: {result.Error.Trim().ReplaceLineEndings(" ")}");
        }
    }
}
