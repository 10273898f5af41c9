using VirtNet.Daemon.Files;
using VirtNet.Daemon.Networks;
using VirtNet.Host.Watch;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Server.Connections;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Metrics;

/// <summary>Where numbers are read when somebody asks: what is counted costs an addition, and nobody who does not ask anything more.</summary>
/// <param name="clients">Of the RPC server, which is made after this.</param>
internal sealed class DaemonReading(
    NetworkRegistry registry, ConditionBoard conditions, INetworkServices services, RepairTally repairs, FirewallTally firewall,
    Func<ClientReading> clients)
{
    public RepairTally Repairs => repairs;

    public FirewallTally Firewall => firewall;

    public INetworkServices Services => services;

    public ClientReading Clients => clients();

    public IReadOnlyList<NetworkReading> ReadAll() => [.. registry.All.Select(Read)];

    public NetworkReading Read(NetworkActor network)
    {
        NetworkSnapshot snapshot = network.Snapshot;
        return NetworkReading.Of(
            network.Identity.Name,
            snapshot.IsActive,
            snapshot.IsGone ? null : snapshot.Current,
            conditions.Of(network.Identity.Uuid).Count > 0,
            services.GetCounters(network.Identity.Uuid));
    }
}

/// <summary>Numbers of the RPC server.</summary>
internal readonly record struct ClientReading(int Connected, long Calls, long Failures)
{
    public static ClientReading Of(RpcServer server) => new(server.ClientCount, server.Calls, server.Failures);
}
