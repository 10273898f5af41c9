using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Ports;

namespace VirtNet.Daemon.Files;

/// <summary>
/// <c>BRIDGE.macs</c>: which guest has which MACs, for libvirt's NSS module. A convenience: a failure is logged and
/// never stops a guest.
/// </summary>
internal sealed class MacMapFiles(DaemonPaths paths, ILogger<MacMapFiles> logger)
{
    private const UnixFileMode WorldReadable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A file that would say nothing is not made: whether a change got that far before its daemon was killed would show by it.</summary>
    public void Save(NetworkDefinition live, IReadOnlyCollection<NetworkPort> ports)
    {
        if (live.OwnsBridge && live.Ips.Count > 0 && live.BridgeName is { } bridge && (ports.Count > 0 || File.Exists(FileOf(bridge))))
        {
            Attempt(live, () => AtomicFile.Write(FileOf(bridge), MacMapJson.Format(MacMap.Of(ports)), durable: false, WorldReadable));
        }
    }

    public void Delete(NetworkDefinition definition)
    {
        if (definition.BridgeName is { } bridge && InterfaceName.IsPossible(bridge))
        {
            Attempt(definition, () => File.Delete(FileOf(bridge)));
        }
    }

    private void Attempt(NetworkDefinition network, Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.MacMapFailed(network.Name, e.Message);
        }
    }

    private string FileOf(string bridge) => Path.Combine(paths.StateDirectory, bridge + ".macs");
}
