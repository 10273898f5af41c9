using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using VirtNet.Cli.Commands;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Differences;
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
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode WorldReadable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly JsonWriterOptions Format = new() { Indented = true };

    private static LibvirtFolders Folders => LibvirtFolders.Host;

    private IVirtNetExtensions Extensions => context.Session.Connection.Extensions;

    /// <exception cref="VirtNetException">A step cannot be done; those before it were.</exception>
    public async Task RunAsync(IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken)
    {
        foreach (TakeoverJournal journal in journals)
        {
            journal.Turn(TakeoverDirection.Back);
        }

        IReadOnlyList<string> bridges =
        [
            .. LiveNetwork.ListBridges(Folders).Union(journals.Where(journal => journal.OwnsBridge).Select(journal => journal.Bridge)),
        ];
        await rules.GuardAsync(bridges, journals.Any(journal => journal.Live is { HasRulesOfNftables: true }), cancellationToken);
        try
        {
            await side.StopAsync(cancellationToken);
            foreach (TakeoverJournal journal in journals)
            {
                NetworkRef? running = await FindRunningAsync(journal, cancellationToken);
                string? bridge = running is null ? null : await FindBridgeAsync(running, cancellationToken);
                if (running is not null)
                {
                    await side.RestoreAsync(running, bridge, cancellationToken);
                }

                bool changed = await RestoreAsync(journal, cancellationToken);
                if (bridge is not null)
                {
                    IReadOnlyList<DhcpLease> leases = await Extensions.LetGoAsync(running!, onlyServices: true, cancellationToken);
                    WriteLeases(Folders.StatusOf(bridge), leases);
                }

                await ServeAsync(journal, changed, cancellationToken);
            }

            await side.StartAsync(cancellationToken);
            foreach (TakeoverJournal journal in journals)
            {
                await libvirt.AwaitAsync(
                    new NetworkRef(journal.Name, journal.Uuid), xml => side.LeavesWhole || IsNoStub(xml), cancellationToken);
                await ForgetAsync(journal, cancellationToken);
            }
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
    /// libvirt's two files: as they were, or as the network became under virtnet. What libvirt has already, from a call that was cut
    /// short, stays where virtnet does not know better.
    /// </summary>
    /// <returns>Whether it changed.</returns>
    private async Task<bool> RestoreAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        string? stored = await CurrentAsync(journal.Stored.Xml, journal, XmlFlags.Inactive, cancellationToken);
        string? live = await CurrentAsync(journal.Live?.Xml ?? journal.Stored.Xml, journal, flags: 0, cancellationToken);
        LiveNetwork? noted = journal.Live ?? (live is null ? null : LiveNetwork.WithoutNotes(live)); // started since
        if (stored is not null || !File.Exists(journal.Stored.Path)
            || StubCase.IsStubOf(journal.Uuid, LibvirtNetwork.ReadText(journal.Stored.Path)))
        {
            AtomicFile.Write(journal.Stored.Path, stored ?? journal.Stored.Xml, durable: true, OwnerOnly);
        }

        if (noted is null)
        {
            return false; // it runs nowhere
        }

        if (LiveNetwork.Find(Folders, journal.Name) is not { } there || Stub.Is(there.Definition))
        {
            AtomicFile.Write(Folders.StateOf(journal.Name), StatusOf(noted, live ?? noted.Xml), durable: false, OwnerOnly);
        }
        else if (live is not null && Differ(there.Definition, NetworkXml.Parse(live).Definition))
        {
            AtomicFile.Write(Folders.StateOf(journal.Name), StatusOf(there, live), durable: false, OwnerOnly);
        }

        return (stored ?? journal.Stored.Xml) != journal.Stored.Xml || (live ?? noted.Xml) != noted.Xml;
    }

    /// <summary>
    /// What virtnet has where it differs from what came; else that, byte by byte. Lines for dnsmasq stay those that came: libvirt's
    /// runs as root, unlike virtnetd, and they may name programs.
    /// </summary>
    /// <returns>Null where virtnet does not have the network, or does not run it.</returns>
    private async Task<string?> CurrentAsync(string came, TakeoverJournal journal, uint flags, CancellationToken cancellationToken)
    {
        if (await (flags == 0 ? FindRunningAsync(journal, cancellationToken) : FindAsync(journal, cancellationToken)) is not { } network)
        {
            return null;
        }

        NetworkDefinition before = NetworkXml.Parse(came).Definition;
        NetworkDefinition after = NetworkXml.Parse(await context.Networks.GetXmlAsync(network, flags, cancellationToken)).Definition with
        {
            Name = before.Name,
            Uuid = before.Uuid,
            DnsmasqOptions = before.DnsmasqOptions,
        };
        return Differ(before, after) ? NetworkXml.Format(after) : came;
    }

    private static bool Differ(NetworkDefinition before, NetworkDefinition after) =>
        NetworkDifference.Between(before, after, []).Changes.Count > 0;

    /// <summary>dnsmasq serves again. One whose settings are not those of the network any more is left for libvirt to start.</summary>
    private async Task ServeAsync(TakeoverJournal journal, bool changed, CancellationToken cancellationToken)
    {
        if (!changed && journal.DnsmasqCommand.Count > 0 && Dnsmasq.Find(Folders, journal.Name) is null)
        {
            File.Delete(Dnsmasq.PidFileOf(Folders, journal.Name));
            await Dnsmasq.StartAsync(programs, journal.Bridge, journal.DnsmasqCommand, cancellationToken);
        }
    }

    /// <summary>virtnetd lets go of bridge and guests, and of the network where it did not have it before.</summary>
    private async Task ForgetAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        if (await FindAsync(journal, cancellationToken) is not { } network)
        {
            return;
        }

        if (await context.Networks.IsActiveAsync(network, cancellationToken))
        {
            await (await FindBridgeAsync(network, cancellationToken) is null
                ? context.Networks.DestroyAsync(network, cancellationToken)
                : Extensions.LetGoAsync(network, onlyServices: false, cancellationToken));
        }

        if (!journal.WasHere)
        {
            await context.Networks.UndefineAsync(network, cancellationToken);
        }
    }

    /// <returns>Null where virtnetd does not run it.</returns>
    private async Task<NetworkRef?> FindRunningAsync(TakeoverJournal journal, CancellationToken cancellationToken) =>
        await FindAsync(journal, cancellationToken) is { } network
            && await context.Networks.IsActiveAsync(network, cancellationToken) ? network : null;

    /// <returns>The bridge of its own on which virtnetd runs a network; null = it has none.</returns>
    private async Task<string?> FindBridgeAsync(NetworkRef network, CancellationToken cancellationToken) =>
        NetworkXml.Parse(await context.Networks.GetXmlAsync(network, flags: 0, cancellationToken)).Definition is
            { OwnsBridge: true, BridgeName: { } bridge } ? bridge : null;

    private async Task<NetworkRef?> FindAsync(TakeoverJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Networks.LookupByUuidAsync(journal.Uuid, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return null;
        }
    }

    /// <summary>As libvirt's lease helper writes them, in the place of the link to virtnetd's list.</summary>
    private static void WriteLeases(string path, IReadOnlyList<DhcpLease> leases)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, Format))
        {
            json.WriteStartArray();
            foreach (DhcpLease lease in leases.Where(lease => lease.Mac is not null))
            {
                json.WriteStartObject();
                foreach ((string name, string? value) in ((string, string?)[])
                    [("iaid", lease.Iaid), ("ip-address", lease.IpAddress), ("mac-address", lease.Mac), ("hostname", lease.Hostname), ("client-id", lease.ClientId)])
                {
                    if (value is not null)
                    {
                        json.WriteString(name, value);
                    }
                }

                json.WriteNumber("expiry-time", lease.ExpiryTime);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        AtomicFile.Write(path, Encoding.UTF8.GetString(text.ToArray()) + "\n", durable: true, WorldReadable);
    }

    /// <summary>
    /// With what libvirt notes beside a network: by which handles its rules are removed. Where libvirtd has it already, from a call
    /// that was cut short, only its own notes are right: by older ones it would leave its rules and load them twice.
    /// </summary>
    private static string StatusOf(LiveNetwork noted, string live)
    {
        if (live == noted.Xml)
        {
            return noted.Status;
        }

        XElement root = XElement.Parse(noted.Status);
        root.Element("network")!.ReplaceWith(XElement.Parse(live));
        return root.ToString();
    }

    private static bool IsNoStub(string xml) => !Stub.Is(NetworkXml.Parse(xml).Definition);
}
