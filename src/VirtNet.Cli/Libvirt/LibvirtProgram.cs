using VirtNet.Linux.Processes;

namespace VirtNet.Cli.Libvirt;

/// <summary>The program of libvirt that has the networks of a host.</summary>
/// <param name="Name">Of its file.</param>
/// <param name="Socket">Where it listens for clients who may change networks.</param>
/// <param name="Units">systemd's, the service first, then its socket.</param>
internal sealed record LibvirtProgram(string Name, string PidFile, string Socket, IReadOnlyList<string> Units)
{
    /// <summary>Debian's and Ubuntu's, which has guests and everything else in itself too.</summary>
    public static LibvirtProgram Monolithic { get; } = new(
        "libvirtd", "/run/libvirtd.pid", "/run/libvirt/libvirt-sock",
        ["libvirtd.service", "libvirtd.socket", "libvirtd-ro.socket", "libvirtd-admin.socket"]);

    /// <summary>Modular libvirt's, for networks alone: virtqemud and clients ask whoever listens at its socket.</summary>
    public static LibvirtProgram Modular { get; } = new(
        "virtnetworkd", "/run/virtnetworkd.pid", "/run/libvirt/virtnetworkd-sock",
        ["virtnetworkd.service", "virtnetworkd.socket", "virtnetworkd-ro.socket", "virtnetworkd-admin.socket"]);

    public string Service => Units[0];

    public string SocketUnit => Units[1];

    /// <summary>Null while it does not run.</summary>
    public RunningProcess? Find() =>
        RunningProcess.FromFile(PidFile) is { } process && Path.GetFileName(process.Program) == Name ? process : null;
}
