using VirtNet.Cli.Libvirt;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// The ports of a network that runs, in virtnetworkd's files and in virtnetd. As long as libvirt has the state of the network, its
/// files say which there are; from then on virtnetd does.
/// </summary>
internal sealed class PortFiles(CommandContext context)
{
    /// <summary>VIR_NETWORK_PORT_CREATE_RECLAIM: it is there already, and only made known.</summary>
    private const uint Reclaim = 1;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode WorldReadable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static LibvirtFolders Folders => LibvirtFolders.Host;

    /// <summary>What virtnetworkd would do with a network whose state it finds, it does no longer. It does not run.</summary>
    /// <exception cref="VirtNetException">A port cannot be had by virtnetd: those before it are there.</exception>
    public async Task BringAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        if (File.Exists(Folders.StateOf(network.Name)))
        {
            IReadOnlyList<NetworkPortRef> known = await context.Networks.ListPortsAsync(network, flags: 0, cancellationToken);
            foreach (string xml in Read(network.Name))
            {
                if (NetworkPortXml.Parse(xml) is var port && known.All(other => other.Uuid != port.Uuid))
                {
                    await context.Networks.CreatePortAsync(network, xml, Reclaim, cancellationToken);
                }
            }

            AtomicFile.Delete(Folders.StateOf(network.Name));
        }

        if (Directory.Exists(Folders.PortsOf(network.Name)))
        {
            Directory.Delete(Folders.PortsOf(network.Name), recursive: true);
        }
    }

    /// <summary>Before libvirt has the state of the network again.</summary>
    /// <param name="network">As virtnetd runs it.</param>
    /// <param name="bridge">Of its own; null = none.</param>
    public async Task ReturnAsync(NetworkRef network, string? bridge, CancellationToken cancellationToken)
    {
        if (File.Exists(Folders.StateOf(network.Name)))
        {
            return;
        }

        List<NetworkPort> ports = [];
        foreach (NetworkPortRef one in await context.Networks.ListPortsAsync(network, flags: 0, cancellationToken))
        {
            ports.Add(NetworkPortXml.Parse(await context.Networks.GetPortXmlAsync(one, flags: 0, cancellationToken)));
        }

        if (Directory.Exists(Folders.PortsOf(network.Name)))
        {
            Directory.Delete(Folders.PortsOf(network.Name), recursive: true); // of a call that was cut short
        }

        foreach (NetworkPort port in ports)
        {
            Directory.CreateDirectory(Folders.PortsOf(network.Name));
            AtomicFile.Write(Folders.PortOf(network.Name, port.Uuid), NetworkPortXml.Format(port), durable: false, OwnerOnly);
        }

        if (bridge is not null && ports.Count == 0)
        {
            AtomicFile.Delete(Folders.MacsOf(bridge)); // virtnetd's
        }
        else if (bridge is not null)
        {
            AtomicFile.Write(Folders.MacsOf(bridge), MacMapJson.Format(MacMap.Of(ports)), durable: true, WorldReadable);
        }
    }

    private static IEnumerable<string> Read(string network) => Directory.Exists(Folders.PortsOf(network))
        ? Directory.GetFiles(Folders.PortsOf(network), "*.xml").Order(StringComparer.Ordinal).Select(LibvirtNetwork.ReadText)
        : [];
}
