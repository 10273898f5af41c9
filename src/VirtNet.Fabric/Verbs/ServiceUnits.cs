using System.Diagnostics;

namespace VirtNet.Fabric.Verbs;

/// <summary>The units of this host, where systemd runs.</summary>
internal static class ServiceUnits
{
    public const string Daemon = "virtnet-fabricd.service";

    public const string Etcd = "virtnet-etcd.service";

    public const string Bgpd = "virtnet-bgpd.service";

    /// <summary>Those of FRRouting, in the order of their start.</summary>
    public static readonly IReadOnlyList<string> Frr = ["virtnet-zebra.service", "virtnet-bfdd.service", Bgpd];

    /// <summary>Whether systemd runs here and knows the unit.</summary>
    public static async Task<bool> HasAsync(string unit, CancellationToken cancellationToken) =>
        Directory.Exists("/run/systemd/system") && await RunAsync(["cat", unit], cancellationToken) == 0;

    /// <summary>Starts a unit now and at each boot.</summary>
    /// <returns>Whether that went well.</returns>
    public static async Task<bool> EnableAsync(string unit, CancellationToken cancellationToken) =>
        await RunAsync(["enable", "--now", "--quiet", unit], cancellationToken) == 0;

    public static Task DisableAsync(string unit, CancellationToken cancellationToken) => RunAsync(["disable", "--now", "--quiet", unit], cancellationToken);

    /// <summary>Removes what a stopped unit kept on disk.</summary>
    public static Task CleanAsync(string unit, CancellationToken cancellationToken) => RunAsync(["clean", "--what=state", unit], cancellationToken);

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("systemctl", arguments) { RedirectStandardOutput = true };
#pragma warning disable RS0030 // One program of the host, whose complaints go to whoever called.
        using Process process = Process.Start(start)!;
#pragma warning restore RS0030
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }
}
