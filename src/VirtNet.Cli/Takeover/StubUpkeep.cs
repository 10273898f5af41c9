using VirtNet.Cli.Commands;
using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// Brings libvirt's stubs to what virtnet's networks are. What somebody else did to a stub in libvirt is left so, and said; what is
/// none is never touched.
/// </summary>
internal sealed class StubUpkeep(CommandContext context, StubFiles files)
{
    private const string LinksFolder = "/sys/class/net";

    private static LibvirtFolders Folders => LibvirtFolders.Host;

    /// <param name="dryRun">Only find out what would be done.</param>
    /// <returns>What was done, or left, in the order of the names.</returns>
    /// <exception cref="VirtNetException">A step cannot be done; those before it were.</exception>
    public async Task<IReadOnlyList<StubChange>> RunAsync(bool dryRun, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<Guid, StubRecord> records = Records();
        List<StubCase> cases = [];
        foreach (NetworkRef network in await context.Networks.ListNetworksAsync(flags: 0, cancellationToken))
        {
            StubRecord? record = records.GetValueOrDefault(network.Uuid);
            if (await CaseAsync(network, record?.Name == network.Name ? record : null, cancellationToken) is { } one)
            {
                cases.Add(one);
            }
        }

        // undefined, or renamed since
        StubRecord[] left =
            [.. records.Values.Where(record => cases.All(one => one.Network.Uuid != record.Uuid || one.Network.Name != record.Name))];
        StubChange[] removed = [.. left.Where(IsStub).Select(record => new StubChange(record.Name, record.Uuid, StubChange.Removed))];
        if (!dryRun)
        {
            foreach (StubRecord record in left)
            {
                await RemoveAsync(record, cancellationToken);
            }

            await DoAsync(cases, cancellationToken);
            ListLinks.RemoveExcept([.. cases.Where(one => one.Runs).Select(one => one.Network.BridgeName!)]);
        }

        return
        [
            .. removed.Concat(cases.Where(one => one.Step != StubStep.Nothing).Select(one => StubChange.Of(one.Network, one.Step)))
                .OrderBy(change => change.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>A network that was taken over has had a stub since then.</summary>
    private static Dictionary<Guid, StubRecord> Records()
    {
        Dictionary<Guid, StubRecord> records = new(StubRecord.List());
        foreach (TakeoverJournal journal in TakeoverJournal.List())
        {
            if (journal.Direction != TakeoverDirection.Done)
            {
                throw new CommandFailure($"the take-over of network {journal.Name} was cut short") { Hints = ["import-libvirt ends it"] };
            }

            records.TryAdd(journal.Uuid, new StubRecord(journal.Uuid, journal.Name, Ran: true));
        }

        return records;
    }

    /// <returns>Null for a network on which libvirt could start no guest by a stub.</returns>
    private async Task<StubCase?> CaseAsync(NetworkRef network, StubRecord? record, CancellationToken cancellationToken)
    {
        bool runs = await context.Networks.IsActiveAsync(network, cancellationToken);
        NetworkDefinition definition = NetworkXml.Parse(
            await context.Networks.GetXmlAsync(network, runs ? 0 : XmlFlags.Inactive, cancellationToken)).Definition;
        if (!definition.OwnsBridge || definition.BridgeName is not { } bridge || !InterfaceName.IsPossible(bridge)
            || definition.Uuid != network.Uuid || definition.Name.StartsWith('.') || definition.Name.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        string path = Folders.DefinitionOf(definition.Name);
        return new StubCase(
            definition, runs && IsMarked(bridge, network.Uuid), File.Exists(path) ? LibvirtNetwork.ReadText(path) : null,
            File.Exists(Folders.StateOf(definition.Name)), record);
    }

    /// <summary>libvirt's guests are plugged into a bridge that is this network's, and into no other.</summary>
    private static bool IsMarked(string bridge, Guid network)
    {
        try
        {
            return File.ReadAllText(Path.Combine(LinksFolder, bridge, "ifalias")).Trim() == $"virtnet:{network}";
        }
        catch (IOException)
        {
            return false; // it is not there
        }
    }

    private static bool IsStub(StubRecord record) =>
        File.Exists(Folders.DefinitionOf(record.Name)) && StubCase.IsStubOf(record.Uuid, LibvirtNetwork.ReadText(Folders.DefinitionOf(record.Name)));

    private async Task DoAsync(IReadOnlyList<StubCase> cases, CancellationToken cancellationToken)
    {
        NetworkDefinition[] put =
        [
            .. cases.Where(one => one.Step is StubStep.Make or StubStep.Update || (one.Step == StubStep.Start && one.IsOutdated))
                .Select(one => one.Network),
        ];
        foreach (StubCase made in cases.Where(one => one.Step == StubStep.Make))
        {
            StubFiles.MarkForBoot(made.Network.Name); // it is by this that libvirtd starts it when it reads its files
        }

        if (put.Length > 0)
        {
            await files.PutAsync(put, cancellationToken);
        }

        foreach (StubCase one in cases.Where(one => one.Step is not (StubStep.LeaveForeign or StubStep.LeaveUndefined)))
        {
            if (one.Step == StubStep.Start)
            {
                await files.StartAsync(one.Network, cancellationToken);
            }
            else if (one.Step == StubStep.Stop)
            {
                await files.StopAsync(new NetworkRef(one.Network.Name, one.Network.Uuid!.Value), cancellationToken);
            }

            if (one.Runs && one.Step != StubStep.LeaveStopped)
            {
                ListLinks.MakeOfLeases(one.Network);
            }

            if (one.Runs || one.Present is not null)
            {
                new StubRecord(one.Network.Uuid!.Value, one.Network.Name, one.Runs).Keep();
            }
        }
    }

    private async Task RemoveAsync(StubRecord record, CancellationToken cancellationToken)
    {
        if (IsStub(record))
        {
            NetworkRef stub = new(record.Name, record.Uuid);
            if (File.Exists(Folders.StateOf(record.Name)))
            {
                await files.StopAsync(stub, cancellationToken);
            }

            await files.UndefineAsync(stub, cancellationToken);
        }

        StubRecord.Forget(record.Uuid);
    }
}
