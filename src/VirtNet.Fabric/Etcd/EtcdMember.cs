using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Etcd;

/// <summary>One member of etcd, asked for itself.</summary>
internal sealed class EtcdMember(EtcdChannels channels, int place, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>How long a question takes that the majority answers.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer, or has no majority.</exception>
    public async Task<TimeSpan> AskAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        try
        {
            await new KV.KVClient(channels.At(place)).RangeAsync(
                new RangeRequest { Key = ByteString.CopyFromUtf8("/virtnet/1/"), CountOnly = true },
                deadline: time.GetUtcNow().UtcDateTime + Patience,
                cancellationToken: cancellationToken);
            return time.GetElapsedTime(start);
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"does not answer: {EtcdCalls.Explain(e)}", e);
        }
    }

    /// <summary>How far its host's clock is from this one's, as far as its HTTP answers tell: they name the second.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public async Task<TimeSpan> ClockDifferenceAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpClient client = channels.HttpClientOf(place);
            client.Timeout = Patience;
            using HttpResponseMessage response = await client.GetAsync(new Uri("/version", UriKind.Relative), cancellationToken);
            return response.Headers.Date is { } theirs ? (time.GetUtcNow() - theirs).Duration() : TimeSpan.Zero;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"does not answer: {e.Message}", e);
        }
    }
}
