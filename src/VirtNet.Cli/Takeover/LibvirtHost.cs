using VirtNet.Cli.Libvirt;

namespace VirtNet.Cli.Takeover;

/// <summary>What libvirt is on this host.</summary>
internal static class LibvirtHost
{
    public const string NeedsNoStubs = "virtqemud takes its networks from whoever has the socket, and needs no stubs";

    /// <summary>Which program of libvirt has networks here, or had them before they were taken over: it does not run then.</summary>
    public static LibvirtProgram FindProgram() =>
        TakeoverJournal.List() is [var journal, ..] ? journal.IsModular ? LibvirtProgram.Modular : LibvirtProgram.Monolithic
        : LibvirtProgram.Modular.Find() is not null ? LibvirtProgram.Modular
        : LibvirtProgram.Monolithic;
}
