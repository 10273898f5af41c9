using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Store;
using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Serving;

/// <summary>Learns of members of etcd that joined since the settings were written, and remembers them.</summary>
internal sealed class EndpointUpkeep(EtcdChannels channels, string path, TimeProvider time, ILogger<EndpointUpkeep> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Those that were known before.</summary>
    public void Load()
    {
        if (File.Exists(path) && EndpointList.TryParse(File.ReadAllText(path), out IReadOnlyList<Uri> endpoints, out _))
        {
            channels.Add(endpoints);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        EtcdCluster cluster = new(channels, time);
        while (true)
        {
            try
            {
                Learn(await cluster.ListAsync(cancellationToken));
            }
            catch (StoreUnavailableException)
            {
                // FabricWatch says so
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private void Learn(IReadOnlyList<EtcdPeer> peers)
    {
        Uri[] found =
        [
            .. peers.Where(peer => !peer.Learns).SelectMany(peer => peer.ClientUrls)
                .Where(url => EndpointList.TryParse(url, out _, out _)).Select(url => new Uri(url))
                .Where(url => !IsOwn(url)),
        ];
        if (!channels.Add(found))
        {
            return;
        }

        try
        {
            AtomicFile.Write(path, EndpointList.Format(found) + "\n", durable: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.NotKept(path, e);
        }
    }

    /// <summary>At such an address every host has an etcd of its own, if any.</summary>
    private static bool IsOwn(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.DnsSafeHost, out IPAddress? address)
        && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
}

internal static partial class EndpointUpkeepLog
{
    [LoggerMessage(EventId = 2195, Level = LogLevel.Warning, Message = "{File} cannot be written")]
    public static partial void NotKept(this ILogger logger, string file, Exception exception);
}
