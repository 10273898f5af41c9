using VirtNet.Daemon.Networks;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <summary>libvirt's network API on top of the registry and its actors.</summary>
internal sealed partial class NetworkDriver(
    NetworkRegistry registry, NetworkEnvironment environment, DefinitionIntake intake, NetworkAdoption adoption, FabricWait fabric)
    : INetworkDriver
{
    private NetworkActor Find(NetworkRef network) => registry.Find(network);

    /// <param name="function">The driver function whose name libvirt's text shows.</param>
    private static void CheckFlags(uint flags, uint known, string function)
    {
        if ((flags & ~known) is not 0 and uint unknown)
        {
            throw VirtNetException.UnsupportedFlags(unknown, function);
        }
    }
}
