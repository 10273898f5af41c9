using VirtNet.Cli.Commands;
using VirtNet.Cli.Libvirt;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Takeover;

/// <summary>Brings libvirt's networks in, each for itself: one that fails keeps none of the others from it.</summary>
internal static class ImportLibvirt
{
    private static readonly OptionDefinition From = OptionDefinition.NamedText(
        "from", "a folder with libvirt's files instead of this host's: the root of another host, or a copy", Candidates.Files);

    private static readonly OptionDefinition Network =
        new("network", OptionKind.Words, "only these networks, in this order") { Positional = true };

    private static readonly OptionDefinition DryRun = OptionDefinition.Flag("dry-run", "only say what would be done");

    private static readonly OptionDefinition TakeOver =
        OptionDefinition.Flag("take-over", "networks that libvirt runs now go on under virtnetd, with their guests");

    private static readonly OptionDefinition Stubs =
        OptionDefinition.Flag("stubs", "with --take-over, leave libvirt stubs, on which guests with these networks start");

    private static readonly OptionDefinition Back =
        OptionDefinition.Flag("back", "networks that were taken over go back to libvirt, with their guests and what is new since");

    public static CommandDefinition Definition { get; } = new("import-libvirt", "bring in the networks of libvirt on this host", RunAsync)
    {
        Description = "Bring in the networks that libvirt has on this host, from its files: definitions, whether they are started at "
            + "boot, and the leases of guests, who so keep their addresses. Nothing is started, and libvirt's files are only read, for "
            + "which root's rights are needed. What is here already is left as it is, so that it can be done again; a network of the "
            + "same name or UUID that differs is refused, and nothing is overwritten. What virtnet does not do as libvirt does is said "
            + "for each network, and where libvirt's hook scripts are. With --take-over the networks that libvirt runs go on under "
            + "virtnetd: bridges and guests stay as they are, and no packet of their connections is lost; names and addresses are not "
            + "answered for some tenths of a second. libvirtd must keep a network of the same name, or its guests do not start again: "
            + "--stubs has it keep a stub. Where libvirt is modular, virtnetd takes the place of virtnetworkd instead, which is stopped and "
            + "masked: all its networks come, with the ports by which virtqemud knows its guests. With --back they go the same way back, "
            + "as they are by then, and those that virtnet got since go with them. What libvirt does not do for them is said, and which "
            + "networks stay virtnet's: those that it had before, and what libvirt cannot have. Either is undone when a step of it fails; "
            + "one that was cut short is ended by the next call, from the journal in /var/lib/virtnet-takeover.",
        Options = [From, Network, DryRun, TakeOver, Stubs, Back],
        Examples =
        [
            "import-libvirt --dry-run", "import-libvirt default lab", "import-libvirt --from /mnt/old-host",
            "import-libvirt --take-over --stubs", "import-libvirt --take-over --dry-run", "import-libvirt --back --dry-run", "import-libvirt --back lab",
        ],
    };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        command.RefuseBoth(From, TakeOver);
        command.RefuseBoth(Back, TakeOver);
        command.RefuseBoth(From, Back);
        command.RefuseAlone(Stubs, TakeOver);
        if (command.Has(TakeOver) || command.Has(Back))
        {
            return MoveAsync(context, command, cancellationToken);
        }

        return ImportAsync(context, command, cancellationToken);
    }

    private static async Task MoveAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = [.. command.Values(Network).Distinct()];
        RunningNetworks networks = await RunningNetworks.OfAsync(context, cancellationToken);
        await (command.Has(Back) ? networks.GiveBackAsync(names, command.Has(DryRun), cancellationToken)
            : networks.TakeOverAsync(names, command.Has(Stubs), command.Has(DryRun), cancellationToken));
    }

    private static async Task ImportAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        LibvirtFolders folders = command.Text(From) is { } folder ? LibvirtFolders.In(Path.GetFullPath(folder)) : LibvirtFolders.Host;
        IReadOnlyList<string> names = command.Has(Network) ? [.. command.Values(Network).Distinct()] : List(folders);
        IReadOnlyList<string> hooks = HookHints(folders);
        if (names.Count == 0)
        {
            string nothing = $"No networks in {folders.Networks}";
            context.Complete(nothing + "\n", new JsonText(nothing), CliJson.Default.JsonText);
        }

        await context.ForEachAsync(names, async name =>
        {
            ImportedNetwork imported = await NetworkImport.RunAsync(context, folders, name, command.Has(DryRun), cancellationToken);
            Report(context, imported, hooks);
            hooks = []; // once
            if (imported.Faults.Count > 0)
            {
                throw CommandFailure.WithoutMessage(); // they were said
            }
        });
    }

    private static IReadOnlyList<string> List(LibvirtFolders folders)
    {
        try
        {
            return LibvirtNetwork.ListNames(folders);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure("Failed to read libvirt's networks", e)
            {
                Hints = e.Errno == NetworkImport.AccessDenied ? [NetworkImport.NeedsRoot] : [],
            };
        }
    }

    private static IReadOnlyList<string> HookHints(LibvirtFolders folders) =>
        folders.HookScripts() is { Count: > 0 } scripts
            ? [$"libvirt runs {string.Join(", ", scripts)}; virtnetd runs the scripts in /etc/virtnet/hooks, with the same arguments: copy "
                + "them there if they are to run for these networks"]
            : [];

    private static void Report(CommandContext context, ImportedNetwork imported, IReadOnlyList<string> hooks)
    {
        context.Complete(
            Sentence(imported) + "\n",
            new JsonImportedNetwork(
                imported.Name, imported.Uuid, imported.Result, imported.Autostart, imported.Leases, imported.Differences, imported.Faults),
            CliJson.Default.JsonImportedNetwork,
            [.. imported.Hints, .. hooks]);
        if (!context.WritesDocuments)
        {
            foreach (string difference in imported.Differences)
            {
                context.Terminal.Warning(difference);
            }
        }

        foreach (string fault in imported.Faults)
        {
            context.Terminal.Error(fault);
        }
    }

    private static string Sentence(ImportedNetwork imported)
    {
        string leases = imported.Leases switch { 0 => "", 1 => ", with 1 lease", var count => $", with {count} leases" };
        string autostart = imported.Autostart ? ", started at boot" : "";
        return imported.Result switch
        {
            ImportedNetwork.Present => $"Network {imported.Name} is here already{leases}",
            ImportedNetwork.Planned => $"Network {imported.Name} would be imported{autostart}{leases}",
            _ => $"Network {imported.Name} imported{autostart}{leases}",
        };
    }
}
