using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// The steps by which networks go back to libvirt without a packet lost, from wherever their take-over stands: it is undone by them
/// as well. Each looks at how far it is already.
/// </summary>
internal sealed class ReturnSteps(
    CommandContext context, IPrograms programs, ILibvirtSide side, LibvirtDaemon libvirt, LibvirtRules rules)
{
    private const UnixFileMode WorldReadable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly ReturnedFiles _files = new(context.Networks);

    private static LibvirtFolders Folders => LibvirtFolders.Host;

    private IVirtNetExtensions Extensions => context.Session.Connection.Extensions;

    /// <exception cref="VirtNetException">A step cannot be done; those before it were.</exception>
    public async Task RunAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken)
    {
        foreach (TakeoverJournal journal in journals)
        {
            journal.GoBack(isHere: await FindAsync(journal, cancellationToken) is not null);
        }

        IReadOnlyList<string> bridges =
            [.. LiveNetwork.ListBridges(Folders).Union(journals.Select(journal => journal.OwnBridge).OfType<string>())];
        await rules.GuardAsync(bridges, journals.Any(journal => journal.Live is { HasRulesOfNftables: true }), cancellationToken);
        try
        {
            List<NetworkRef> returned = await GiveAsync(journals, cancellationToken);
            await side.StartAsync(cancellationToken);
            foreach ((TakeoverJournal journal, NetworkRef network) in journals.Zip(returned))
            {
                await libvirt.AwaitAsync(
                    network, xml => side.LeavesWhole || journal.OwnBridge is null || IsNoStub(xml), cancellationToken);
                await ForgetAsync(journal, cancellationToken);
            }

            await RemoveLinksAsync(cancellationToken);
        }
        finally
        {
            await rules.UnguardAsync(bridges, CancellationToken.None);
        }

        await side.EndAsync(cancellationToken);
        foreach (TakeoverJournal journal in journals)
        {
            journal.End();
        }
    }

    /// <summary>
    /// While libvirt's program does not run. Where that fails half-way, a libvirtd with stubs of the rest starts all the same, as its
    /// guests depend on it; virtnetworkd does not, which would serve the rest beside virtnetd.
    /// </summary>
    /// <returns>As libvirt will find them.</returns>
    private async Task<List<NetworkRef>> GiveAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken)
    {
        try
        {
            await side.StopAsync(cancellationToken);
            List<NetworkRef> returned = [];
            foreach (TakeoverJournal journal in journals)
            {
                returned.Add(await GiveAsync(journal, cancellationToken));
            }

            await RemoveStubsAsync(journals, cancellationToken);
            return returned;
        }
        catch when (!side.LeavesWhole)
        {
            await StartAllTheSameAsync();
            throw;
        }
    }

    private async Task StartAllTheSameAsync()
    {
        try
        {
            await side.StartAsync(CancellationToken.None);
        }
        catch (VirtNetException e)
        {
            context.Terminal.Warning($"{side.Program.Name} does not run: {e.Message}");
        }
    }

    /// <summary>libvirt's files of a network, its leases and its dnsmasq.</summary>
    /// <returns>As libvirt will find it.</returns>
    private async Task<NetworkRef> GiveAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        NetworkHere? here = await FindAsync(journal, cancellationToken);
        string name = here?.Name ?? journal.Name;
        if (here is { Runs: true })
        {
            await side.RestoreAsync(here.Ref, here.Bridge, cancellationToken);
        }

        bool changed = await _files.RestoreAsync(journal, here, cancellationToken);
        if (here is { Bridge: { } bridge })
        {
            IReadOnlyList<DhcpLease> leases = await Extensions.LetGoAsync(here.Ref, onlyServices: true, cancellationToken);
            AtomicFile.Write(Folders.StatusOf(bridge), LeaseStatusJson.Format(leases, journal.ServerDuid), durable: true, WorldReadable);
        }

        if (!changed && ReturnedFiles.Runs(name))
        {
            await ServeAsync(journal, cancellationToken);
        }

        return new NetworkRef(name, journal.Uuid);
    }

    /// <summary>dnsmasq serves again. One whose settings are not those of the network any more is left for libvirt to start.</summary>
    private async Task ServeAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        if (journal.DnsmasqCommand.Count > 0 && Dnsmasq.Find(Folders, journal.Name) is null)
        {
            File.Delete(Dnsmasq.PidFileOf(Folders, journal.Name));
            await Dnsmasq.StartAsync(programs, journal.Bridge, journal.DnsmasqCommand, cancellationToken);
        }
    }

    /// <summary>virtnetd lets go of bridge and guests, and of the network where it did not have it before.</summary>
    private async Task ForgetAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        if (await FindAsync(journal, cancellationToken) is not { } here)
        {
            return;
        }

        if (here.Runs)
        {
            await (here.Bridge is null
                ? context.Networks.DestroyAsync(here.Ref, cancellationToken)
                : Extensions.LetGoAsync(here.Ref, onlyServices: false, cancellationToken));
        }

        if (!journal.WasHere)
        {
            await context.Networks.UndefineAsync(here.Ref, cancellationToken);
        }
    }

    /// <summary>Of networks that were renamed or undefined in virtnet, and whose stubs nobody looked after.</summary>
    private async Task RemoveStubsAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken) =>
        ReturnedFiles.RemoveStubs(
            [.. StubRecord.List().Keys.Union(journals.Select(journal => journal.Uuid))],
            await context.Networks.ListNetworksAsync(flags: 0, cancellationToken));

    /// <summary>Lists of networks that virtnet does not run, be it that they were stopped or undefined before they went back.</summary>
    private async Task RemoveLinksAsync(CancellationToken cancellationToken)
    {
        HashSet<string> bridges = [];
        foreach (NetworkRef network in await context.Networks.ListNetworksAsync(flags: 0, cancellationToken))
        {
            if (await NetworkHere.FindAsync(context.Networks, network.Uuid, cancellationToken) is { Bridge: { } bridge })
            {
                bridges.Add(bridge);
            }
        }

        ListLinks.RemoveExcept(bridges);
    }

    private Task<NetworkHere?> FindAsync(TakeoverJournal journal, CancellationToken cancellationToken) =>
        NetworkHere.FindAsync(context.Networks, journal.Uuid, cancellationToken);

    private static bool IsNoStub(string xml) => !Stub.Is(NetworkXml.Parse(xml).Definition);
}
