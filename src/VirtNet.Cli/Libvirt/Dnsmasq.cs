using VirtNet.Cli.Connections;
using VirtNet.Linux.Processes;
using VirtNet.Model;

namespace VirtNet.Cli.Libvirt;

/// <summary>The dnsmasq that libvirt runs for one network: told from others by libvirt's own file of settings.</summary>
internal static class Dnsmasq
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    public static string PidFileOf(LibvirtFolders folders, string network) => Path.Combine(folders.State, network + ".pid");

    /// <summary>Null while none runs.</summary>
    public static RunningProcess? Find(LibvirtFolders folders, string network) =>
        RunningProcess.FromFile(PidFileOf(folders, network)) is { } process && IsOf(process, folders, network) ? process : null;

    /// <summary>Ends it and waits until its ports are free. Succeeds where none runs.</summary>
    public static async Task EndAsync(LibvirtFolders folders, string network, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Find(folders, network) is not { } process)
        {
            return;
        }

        process.Signal(RunningProcess.Terminate);
        if (!await process.EndsWithinAsync(EndLimit, time, cancellationToken))
        {
            process.Signal(RunningProcess.Kill);
            await process.EndsWithinAsync(EndLimit, time, cancellationToken);
        }
    }

    /// <summary>Starts it as libvirt did, so that a libvirtd that starts after it takes it for its own. It goes on in the background.</summary>
    /// <param name="command">What it was called with, its name first.</param>
    /// <exception cref="VirtNetException">It does not start.</exception>
    public static async Task StartAsync(
        IPrograms programs, string bridge, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync("env", [$"VIR_BRIDGE_NAME={bridge}", .. command], cancellationToken);
        if (result.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed($"dnsmasq does not start: {result.Error.Trim().ReplaceLineEndings(" ")}");
        }
    }

    private static bool IsOf(RunningProcess process, LibvirtFolders folders, string network) =>
        process.Arguments.Contains($"--conf-file={Path.Combine(folders.Leases, network + ".conf")}");
}
