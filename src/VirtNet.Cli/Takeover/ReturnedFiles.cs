using System.Xml.Linq;
using VirtNet.Cli.Commands;
using VirtNet.Cli.Libvirt;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>libvirt's files of networks that go back to it. They are written while libvirt's program does not run.</summary>
internal sealed class ReturnedFiles(INetworkDriver networks)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static LibvirtFolders Folders => LibvirtFolders.Host;

    /// <summary>
    /// libvirt's two files of a network, and its mark for boot: as they were, or as the network became under virtnet. What libvirt
    /// has already, from a call that was cut short, stays where virtnet does not know better. One that virtnet has no longer is
    /// defined, and does nothing of itself.
    /// </summary>
    /// <param name="here">Null where virtnet does not have it.</param>
    /// <returns>Whether it changed.</returns>
    public async Task<bool> RestoreAsync(TakeoverJournal journal, NetworkHere? here, CancellationToken cancellationToken)
    {
        string name = here?.Name ?? journal.Name;
        string? stored = here is null ? null : await CurrentAsync(journal.Stored.Xml, journal, here, XmlFlags.Inactive, cancellationToken);
        string path = Folders.DefinitionOf(name);
        bool isIts = stored is not null || !File.Exists(path) || StubCase.IsStubOf(journal.Uuid, LibvirtNetwork.ReadText(path));
        if (isIts)
        {
            AtomicFile.Write(path, stored ?? journal.Stored.Xml, durable: true, OwnerOnly);
        }

        if (isIts || journal.IsGone)
        {
            await MarkForBootAsync(journal, here, cancellationToken);
        }

        string? live = here is { Runs: true }
            ? await CurrentAsync(journal.Live?.Xml ?? journal.Stored.Xml, journal, here, flags: 0, cancellationToken) : null;
        return RestoreState(journal, name, live) || (stored is not null && stored != journal.Stored.Xml);
    }

    /// <summary>Removes stubs of what virtnet does not have, or not by that name.</summary>
    /// <param name="known">UUIDs of networks that have had stubs.</param>
    /// <param name="here">All that virtnet has.</param>
    public static void RemoveStubs(IReadOnlyCollection<Guid> known, IReadOnlyList<NetworkRef> here)
    {
        foreach (string name in LibvirtNetwork.ListNames(Folders).Where(name => here.All(network => network.Name != name || !IsStubOf(network.Uuid, name))))
        {
            if (StubCase.IsStub(LibvirtNetwork.ReadText(Folders.DefinitionOf(name)), known))
            {
                AtomicFile.Delete(Folders.BootLinkOf(name));
                AtomicFile.Delete(Folders.DefinitionOf(name));
                if (IsStubState(name))
                {
                    AtomicFile.Delete(Folders.StateOf(name));
                }
            }
        }
    }

    /// <summary>Whether libvirt will go on with a network: it has a state, which is no stub's.</summary>
    public static bool Runs(string name) => File.Exists(Folders.StateOf(name)) && !IsStubState(name);

    /// <returns>Whether it runs otherwise than it did.</returns>
    private static bool RestoreState(TakeoverJournal journal, string name, string? live)
    {
        if (live is null && (journal.WasOver || journal.Live is null))
        {
            if (journal.OwnBridge is not null && IsStubState(name))
            {
                AtomicFile.Delete(Folders.StateOf(name)); // it does not run
            }

            return false;
        }

        LiveNetwork noted = journal.Live ?? LiveNetwork.WithoutNotes(live!); // started since
        if (LiveNetwork.Find(Folders, name) is not { } there || Stub.Is(there.Definition))
        {
            AtomicFile.Write(Folders.StateOf(name), StatusOf(noted, live ?? noted.Xml), durable: false, OwnerOnly);
        }
        else if (live is not null && Differ(there.Definition, NetworkXml.Parse(live).Definition))
        {
            AtomicFile.Write(Folders.StateOf(name), StatusOf(there, live), durable: false, OwnerOnly);
        }

        return (live ?? noted.Xml) != noted.Xml;
    }

    /// <summary>As virtnet has it, where that was changed since the network came; else as libvirt had it.</summary>
    private async Task MarkForBootAsync(TakeoverJournal journal, NetworkHere? here, CancellationToken cancellationToken)
    {
        if (!journal.WasOver)
        {
            return;
        }

        bool marked = here is not null && await networks.GetAutostartAsync(here.Ref, cancellationToken) is var now
            && (journal.IsNew || (journal.AutostartHere is { } then && now != then) ? now : journal.Stored.Autostart);
        string name = here?.Name ?? journal.Name;
        if (marked)
        {
            StubFiles.MarkForBoot(name);
        }
        else
        {
            AtomicFile.Delete(Folders.BootLinkOf(name));
        }
    }

    /// <summary>
    /// What virtnet has where it differs from what came; else that, byte by byte. Lines for dnsmasq stay those that came: libvirt's
    /// runs as root, unlike virtnetd, and they may name programs.
    /// </summary>
    private async Task<string> CurrentAsync(
        string came, TakeoverJournal journal, NetworkHere here, uint flags, CancellationToken cancellationToken)
    {
        NetworkDefinition before = NetworkXml.Parse(came).Definition;
        NetworkDefinition after = NetworkXml.Parse(await networks.GetXmlAsync(here.Ref, flags, cancellationToken)).Definition with
        {
            Uuid = journal.Uuid,
            DnsmasqOptions = before.DnsmasqOptions,
        };
        return before.Name != after.Name || Differ(before, after) ? NetworkXml.Format(after) : came;
    }

    private static bool Differ(NetworkDefinition before, NetworkDefinition after) =>
        NetworkDifference.Between(before, after, []).Changes.Count > 0;

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

    private static bool IsStubOf(Guid uuid, string name) => StubCase.IsStubOf(uuid, LibvirtNetwork.ReadText(Folders.DefinitionOf(name)));

    private static bool IsStubState(string name) => LiveNetwork.Find(Folders, name) is { } there && Stub.Is(there.Definition);
}
