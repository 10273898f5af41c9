using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;

namespace VirtNet.Cli.Takeover;

/// <summary>What libvirt is on this host.</summary>
internal static class LibvirtHost
{
    public const string NeedsNoStubs = "virtqemud takes its networks from whoever has the socket, and needs no stubs";

    /// <summary>Which program of libvirt has networks here, or had them before they were taken over: it does not run then.</summary>
    public static async Task<LibvirtProgram> FindProgramAsync(IPrograms programs, CancellationToken cancellationToken) =>
        TakeoverJournal.List() is [var journal, ..] ? journal.IsModular ? LibvirtProgram.Modular : LibvirtProgram.Monolithic
        : LibvirtProgram.Modular.Find() is not null ? LibvirtProgram.Modular
        : LibvirtProgram.Monolithic.Find() is null && await IsAwaitedAsync(LibvirtProgram.Modular, programs, cancellationToken) ? LibvirtProgram.Modular
        : LibvirtProgram.Monolithic;

    /// <summary>Whether systemd starts a program when it is asked: it ends by itself when nobody has asked for a while, with its networks running.</summary>
    private static async Task<bool> IsAwaitedAsync(LibvirtProgram program, IPrograms programs, CancellationToken cancellationToken) =>
        Directory.Exists("/run/systemd/system")
        && (await programs.RunAsync("systemctl", ["is-active", "--quiet", program.SocketUnit], cancellationToken)).ExitCode == 0;
}
