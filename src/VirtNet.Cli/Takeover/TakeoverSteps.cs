using System.Globalization;
using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// The steps by which running networks go from libvirt to virtnetd without a packet lost, in this order. Each looks at how far it is
/// already, so that all can be done again after whatever stopped them.
/// </summary>
internal sealed class TakeoverSteps(CommandContext context, ILibvirtSide side, LibvirtRules rules)
{
    private static LibvirtFolders Folders => LibvirtFolders.Host;

    private IVirtNetExtensions Extensions => context.Session.Connection.Extensions;

    /// <returns>By network, how many leases came.</returns>
    /// <exception cref="VirtNetException">A step cannot be done; those before it were.</exception>
    public async Task<IReadOnlyDictionary<Guid, int>> RunAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken)
    {
        Dictionary<Guid, int> leases = [];
        foreach (TakeoverJournal journal in journals)
        {
            leases[journal.Uuid] = await DefineAsync(journal, cancellationToken);
        }

        if (!side.LeavesWhole)
        {
            await MarkForBootAsync(journals, cancellationToken); // from now on a host that starts anew finds them nowhere else
        }

        await side.LeaveAsync(journals, cancellationToken);
        foreach (TakeoverJournal journal in journals.Where(journal => journal.Live is not null))
        {
            leases[journal.Uuid] += await RunOnAsync(journal, cancellationToken);
        }

        if (side.LeavesWhole)
        {
            await MarkForBootAsync(journals, cancellationToken); // until now libvirt starts them
        }

        foreach (TakeoverJournal journal in journals.Where(journal => journal.Live is not null))
        {
            await RequireRunningAsync(journal, cancellationToken);
        }

        await side.HandOverAsync(journals, cancellationToken);
        foreach (TakeoverJournal journal in journals)
        {
            journal.Arrive(await context.Networks.GetAutostartAsync(new NetworkRef(journal.Name, journal.Uuid), cancellationToken));
        }

        return leases;
    }

    /// <summary>The definition is here, and the leases of this moment; nothing is served, nor started at boot.</summary>
    private async Task<int> DefineAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        NetworkRef network = await NetworkImport.FindAsync(context, journal.Stored, cancellationToken)
            ?? await context.Networks.DefineAsync(journal.Stored.Xml, flags: 0, cancellationToken);
        return await HandLeasesOverAsync(journal, network, cancellationToken);
    }

    private async Task<int> HandLeasesOverAsync(TakeoverJournal journal, NetworkRef network, CancellationToken cancellationToken)
    {
        if (!journal.OwnsBridge || File.ResolveLinkTarget(Folders.StatusOf(journal.Bridge), returnFinalTarget: false) is not null)
        {
            return 0; // nobody has leases of it, or the list is virtnetd's own by now
        }

        BridgeLeases leases = BridgeLeases.Read(Folders, journal.Running.Definition, context.Environment.Time.GetUtcNow());
        if (leases.Unreadable is { } reason)
        {
            throw VirtNetException.OperationFailed($"the leases of network '{journal.Name}' cannot be read: {reason}");
        }

        bool active = await context.Networks.IsActiveAsync(network, cancellationToken);
        return leases.Leases.Count == 0 ? 0 : await Extensions.ImportLeasesAsync(
            network, leases.Leases, active ? null : leases.ServerDuid, cancellationToken);
    }

    /// <returns>How many leases came.</returns>
    private async Task<int> RunOnAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        NetworkRef network = new(journal.Name, journal.Uuid);
        if (!journal.OwnsBridge)
        {
            if (!await context.Networks.IsActiveAsync(network, cancellationToken))
            {
                await context.Networks.StartAsync(network, cancellationToken); // nothing on the host is its own
            }

            return 0;
        }

        int leases = await ServeAsync(journal, network, cancellationToken);
        await rules.RemoveAsync(journal.Running, journal.Write, cancellationToken);
        ListLinks.MakeOfLeases(journal.Running.Definition);
        File.Delete(Dnsmasq.PidFileOf(Folders, journal.Name));
        return leases;
    }

    /// <summary>From dnsmasq to virtnetd: the only moment in which nobody answers guests.</summary>
    private async Task<int> ServeAsync(TakeoverJournal journal, NetworkRef network, CancellationToken cancellationToken)
    {
        if (await context.Networks.IsActiveAsync(network, cancellationToken))
        {
            return 0;
        }

        BridgeLinkFacts? bridge = BridgeLinkFacts.Find(journal.Bridge);
        await Dnsmasq.EndAsync(Folders, journal.Name, context.Environment.Time, cancellationToken);
        int leases = await HandLeasesOverAsync(journal, network, cancellationToken); // given since the first time
        await (bridge is null
            ? context.Networks.StartAsync(network, cancellationToken) // the host started anew since it was cut short: there are no guests
            : Extensions.AdoptAsync(network, journal.Running.Xml, bridge.Index, bridge.Mac, cancellationToken));
        return leases;
    }

    private async Task MarkForBootAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken)
    {
        foreach (TakeoverJournal journal in journals.Where(journal => !journal.WasHere && journal.Stored.Autostart))
        {
            await context.Networks.SetAutostartAsync(new NetworkRef(journal.Name, journal.Uuid), autostart: true, cancellationToken);
        }
    }

    private async Task RequireRunningAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        if (!await context.Networks.IsActiveAsync(new NetworkRef(journal.Name, journal.Uuid), cancellationToken))
        {
            throw VirtNetException.OperationFailed(string.Create(CultureInfo.InvariantCulture, $"network '{journal.Name}' does not run after its take-over"));
        }
    }
}

/// <summary>What tells one bridge from another that may take its name.</summary>
internal sealed record BridgeLinkFacts(int Index, string Mac)
{
    /// <exception cref="VirtNetException">It is not there.</exception>
    public static BridgeLinkFacts Of(string bridge) =>
        Find(bridge) ?? throw VirtNetException.System($"cannot find bridge {bridge}", 19, "No such device");

    /// <returns>Null where there is none of that name.</returns>
    public static BridgeLinkFacts? Find(string bridge)
    {
        string folder = Path.Combine("/sys/class/net", bridge);
        try
        {
            return new BridgeLinkFacts(
                int.Parse(File.ReadAllText(Path.Combine(folder, "ifindex")), CultureInfo.InvariantCulture),
                File.ReadAllText(Path.Combine(folder, "address")).Trim());
        }
        catch (IOException)
        {
            return null;
        }
    }
}
