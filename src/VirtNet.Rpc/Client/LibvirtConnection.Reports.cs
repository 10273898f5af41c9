using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Client;

/// <summary>The calls by which the daemon is watched.</summary>
public sealed partial class LibvirtConnection
{
    public async Task<DaemonStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.GetStatus, Nothing.Value, cancellationToken)).Status;

    public async Task<string> GetMetricsAsync(NetworkRef? network, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.GetMetrics, new GetConditionsArguments(network), cancellationToken)).Value;

    public async Task<string> SetLogLevelAsync(string? level, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.SetLogLevel, new SetLogLevelArguments(level), cancellationToken)).Value;
}
