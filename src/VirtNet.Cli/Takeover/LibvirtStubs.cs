using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Takeover;

/// <summary>Keeps libvirt's stubs of networks as the networks are.</summary>
internal static class LibvirtStubs
{
    private static readonly OptionDefinition Sync = OptionDefinition.Flag("sync", "bring them up to date");

    public static CommandDefinition Definition { get; } = new("libvirt-stubs", "keep libvirt's stubs of networks up to date", RunAsync)
    {
        Description = "Debian's and Ubuntu's libvirtd starts a guest only on networks that it has itself. For each network that runs on a "
            + "bridge of its own here, --sync makes a stub in libvirt: a network of the same name and UUID in mode bridge, from which "
            + "guests get what virtnetd serves. A stub follows its network: its addresses, and whether it runs; it goes when the "
            + "network is undefined. A stub that somebody stopped or undefined in libvirt is left so, and a network of libvirt's own is "
            + "never touched. Without --sync it is only said what would be done. The unit virtnet-libvirt-stubs.path does it whenever "
            + "networks change, once it is enabled. As root, for libvirt's files are root's.",
        Options = [Sync],
        Examples = ["libvirt-stubs", "libvirt-stubs --sync"],
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandFailure(NetworkImport.NeedsRoot);
        }

        CliWrapPrograms programs = new();
        if (await LibvirtHost.FindProgramAsync(programs, cancellationToken) == LibvirtProgram.Modular)
        {
            throw new CommandFailure($"libvirt is modular here: {LibvirtHost.NeedsNoStubs}");
        }

        IReadOnlyList<StubChange> changes = [];
        if (Directory.Exists(LibvirtFolders.Host.Networks))
        {
            using IDisposable turn = TakeoverJournal.Lock();
            changes = await UpkeepAsync(context, programs, !command.Has(Sync), cancellationToken);
        }

        foreach (StubChange change in changes)
        {
            context.Complete(
                change.Sentence(!command.Has(Sync)) + "\n", new JsonStub(change.Name, change.Uuid, change.Result), CliJson.Default.JsonStub);
        }

        if (changes.Count == 0)
        {
            const string Nothing = "Stubs in libvirt are as the networks are";
            context.Complete(Nothing + "\n", new JsonText(Nothing), CliJson.Default.JsonText);
        }
    }

    private static async Task<IReadOnlyList<StubChange>> UpkeepAsync(
        CommandContext context, IPrograms programs, bool dryRun, CancellationToken cancellationToken)
    {
        StubFiles files = new(new LibvirtDaemon(LibvirtProgram.Monolithic, programs, context.Environment.Time), new LibvirtRules(programs), context.Environment.Time);
        try
        {
            return await new StubUpkeep(context, files).RunAsync(dryRun, cancellationToken);
        }
        catch (Exception e) when (e is VirtNetException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure("Failed to bring libvirt's stubs up to date", e as VirtNetException ?? VirtNetException.Internal(e.Message));
        }
    }
}
