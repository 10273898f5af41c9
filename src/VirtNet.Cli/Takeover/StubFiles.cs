using VirtNet.Cli.Libvirt;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>Puts stubs into libvirt, on disk and in its memory.</summary>
internal sealed class StubFiles(LibvirtDaemon libvirt, LibvirtRules rules, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>libvirtd loads its other networks' rules after those of the networks that are waited for.</summary>
    private static readonly TimeSpan RuleLoading = TimeSpan.FromMilliseconds(500);

    private static LibvirtFolders Folders => LibvirtFolders.Host;

    /// <summary>
    /// libvirt's networks by these names become stubs that run, on disk and, by the signal to read its files again, in its memory.
    /// </summary>
    /// <exception cref="VirtNetException">libvirtd does not take them up.</exception>
    public async Task PutAsync(IReadOnlyList<NetworkDefinition> networks, CancellationToken cancellationToken)
    {
        foreach (NetworkDefinition network in networks)
        {
            AtomicFile.Write(Folders.DefinitionOf(network.Name), Stub.Definition(network), durable: true, OwnerOnly);
            if (File.Exists(Folders.StateOf(network.Name)) || libvirt.Find() is null)
            {
                WriteStatus(network);
            }
        }

        IReadOnlyList<string> bridges = LiveNetwork.ListBridges(Folders);
        await rules.GuardAsync(bridges, ofNftables: false, cancellationToken);
        try
        {
            if (libvirt.Reload())
            {
                foreach (NetworkDefinition network in networks)
                {
                    await libvirt.AwaitAsync(new NetworkRef(network.Name, network.Uuid!.Value), IsStub, cancellationToken);
                }

                await Task.Delay(RuleLoading, time, cancellationToken);
            }
        }
        finally
        {
            await rules.UnguardAsync(bridges, CancellationToken.None);
        }
    }

    /// <summary>A mark that libvirt starts it at boot.</summary>
    public static void MarkForBoot(string network)
    {
        string link = Folders.BootLinkOf(network);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        AtomicFile.Link(link, Folders.DefinitionOf(network));
    }

    /// <summary>Bridge and guests stay; libvirt deletes what it has of leases.</summary>
    public Task StopAsync(NetworkRef network, CancellationToken cancellationToken) => InLibvirtAsync(
        connection => connection.DestroyAsync(network, cancellationToken),
        () => AtomicFile.Delete(Folders.StateOf(network.Name)),
        cancellationToken);

    /// <summary>It does not run.</summary>
    public Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken) => InLibvirtAsync(
        connection => connection.UndefineAsync(network, cancellationToken),
        () =>
        {
            AtomicFile.Delete(Folders.BootLinkOf(network.Name));
            AtomicFile.Delete(Folders.DefinitionOf(network.Name));
        },
        cancellationToken);

    public Task StartAsync(NetworkDefinition network, CancellationToken cancellationToken) => InLibvirtAsync(
        connection => connection.StartAsync(new NetworkRef(network.Name, network.Uuid!.Value), cancellationToken),
        () => WriteStatus(network),
        cancellationToken);

    /// <summary>By libvirtd where it runs, which must not find its files changed; else by these files.</summary>
    private async Task InLibvirtAsync(Func<LibvirtConnection, Task> ask, Action write, CancellationToken cancellationToken)
    {
        if (libvirt.Find() is null)
        {
            write();
            return;
        }

        await using LibvirtConnection connection = await libvirt.ConnectAsync(cancellationToken);
        await ask(connection);
    }

    private static void WriteStatus(NetworkDefinition network)
    {
        Directory.CreateDirectory(Folders.State);
        AtomicFile.Write(Folders.StateOf(network.Name), Stub.Status(network), durable: false, OwnerOnly);
    }

    private static bool IsStub(string xml) => Stub.Is(NetworkXml.Parse(xml).Definition);
}
