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

    /// <summary>By which it has begun all that it starts: some it cannot start.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>VIR_CONNECT_LIST_NETWORKS_INACTIVE, VIR_CONNECT_LIST_NETWORKS_AUTOSTART</summary>
    private const uint InactiveWithAutostart = 1 | 16;

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

        IReadOnlyList<NetworkRef> idle = await ListIdleAsync(networks, cancellationToken);
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
                await StopStartedAsync(idle, cancellationToken);
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

    /// <summary>
    /// Networks that somebody stopped, though they are started at boot: libvirtd starts them as well when it reads its files.
    /// </summary>
    private async Task<IReadOnlyList<NetworkRef>> ListIdleAsync(
        IReadOnlyList<NetworkDefinition> put, CancellationToken cancellationToken)
    {
        if (libvirt.Find() is null)
        {
            return [];
        }

        await using LibvirtConnection connection = await libvirt.ConnectAsync(cancellationToken);
        IReadOnlyList<NetworkRef> idle = await connection.ListNetworksAsync(InactiveWithAutostart, cancellationToken);
        return [.. idle.Where(network => put.All(other => other.Name != network.Name))];
    }

    private async Task StopStartedAsync(IReadOnlyList<NetworkRef> idle, CancellationToken cancellationToken)
    {
        if (idle.Count == 0)
        {
            return;
        }

        await using LibvirtConnection connection = await libvirt.ConnectAsync(cancellationToken);
        long start = time.GetTimestamp();
        List<NetworkRef> awaited = [.. idle];
        while (awaited.Count > 0 && time.GetElapsedTime(start) < StartLimit)
        {
            foreach (NetworkRef network in awaited.ToArray())
            {
                if (await connection.IsActiveAsync(network, cancellationToken))
                {
                    await connection.DestroyAsync(network, cancellationToken);
                    awaited.Remove(network);
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static void WriteStatus(NetworkDefinition network)
    {
        Directory.CreateDirectory(Folders.State);
        AtomicFile.Write(Folders.StateOf(network.Name), Stub.Status(network), durable: false, OwnerOnly);
    }

    private static bool IsStub(string xml) => Stub.Is(NetworkXml.Parse(xml).Definition);
}
