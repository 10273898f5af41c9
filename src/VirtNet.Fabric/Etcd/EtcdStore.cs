using System.Runtime.CompilerServices;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using Mvccpb;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Etcd;

/// <summary>
/// The shared store in etcd (API version 3). What can be asked again is, of the next member; a member without a majority counts as
/// one that does not answer.
/// </summary>
internal sealed class EtcdStore(EtcdChannels channels, TimeProvider time) : ISharedStore
{
    /// <summary>etcd itself takes at most 1.5 MiB a request; a page of what it holds may be more.</summary>
    public const int MaxMessageSize = 64 << 20;

    private const int PageSize = 500;

    /// <summary>An election takes etcd one to two seconds.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Ends a call at a member that is cut off from the others, which would wait for them.</summary>
    private static readonly Metadata NeedsLeader = new() { { "hasleader", "true" } };

    /// <exception cref="FabricException">The settings name nobody, or certificates that cannot be read.</exception>
    public static EtcdStore Open(FabricOptions options, TimeProvider time) => new(EtcdChannels.Open(options), time);

    public async Task<StoredRange> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        List<StoredEntry> entries = [];
        ByteString end = EtcdKeys.EndOf(prefix);
        RangeRequest request = new() { Key = ByteString.CopyFromUtf8(prefix), RangeEnd = end, Limit = PageSize };
        while (true)
        {
            RangeResponse page = await CallAsync(
                (invoker, options) => new KV.KVClient(invoker).RangeAsync(request, options).ResponseAsync, cancellationToken);
            entries.AddRange(page.Kvs.Select(EtcdKeys.ToEntry));
            if (request.Revision == 0)
            {
                request.Revision = page.Header.Revision; // further pages of the same moment
            }

            if (!page.More)
            {
                return new StoredRange(request.Revision, entries);
            }

            request.Key = EtcdKeys.Next(page.Kvs[^1].Key);
        }
    }

    public async Task<StoreOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        TxnRequest request = EtcdKeys.ToRequest(transaction);
        TxnResponse response = await CallAsync(
            (invoker, options) => new KV.KVClient(invoker).TxnAsync(request, options).ResponseAsync, cancellationToken);
        return new StoreOutcome(response.Succeeded, response.Header.Revision);
    }

    public async IAsyncEnumerable<StoreChanges> WatchAsync(
        string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int place = channels.Place;
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call =
            new Watch.WatchClient(channels.At(place)).Watch(NeedsLeader, cancellationToken: cancellationToken);
        await AskAsync(place, () => call.RequestStream.WriteAsync(
            new WatchRequest
            {
                CreateRequest = new WatchCreateRequest
                {
                    Key = ByteString.CopyFromUtf8(prefix),
                    RangeEnd = EtcdKeys.EndOf(prefix),
                    StartRevision = fromRevision,
                },
            },
            cancellationToken), cancellationToken);
        while (await AskAsync(place, () => call.ResponseStream.MoveNext(cancellationToken), cancellationToken))
        {
            WatchResponse response = call.ResponseStream.Current;
            if (response.Canceled)
            {
                channels.Leave(place);
                throw response.CompactRevision > 0
                    ? new StoreCompactedException(response.CompactRevision)
                    : new StoreUnavailableException($"etcd watches no longer: {response.CancelReason}");
            }

            foreach (IGrouping<long, Event> revision in response.Events.GroupBy(change => change.Kv.ModRevision).OrderBy(group => group.Key))
            {
                yield return new StoreChanges(
                    revision.Key,
                    [.. revision.Where(change => change.Type == Event.Types.EventType.Put).Select(change => EtcdKeys.ToEntry(change.Kv))],
                    [.. revision.Where(change => change.Type == Event.Types.EventType.Delete).Select(change => change.Kv.Key.ToStringUtf8())]);
            }
        }

        channels.Leave(place);
        throw new StoreUnavailableException("etcd watches no longer: the connection has ended");
    }

    public async Task<long> GrantLeaseAsync(TimeSpan lifetime, CancellationToken cancellationToken)
    {
        LeaseGrantRequest request = new() { TTL = (long)lifetime.TotalSeconds };
        return (await CallAsync(
            (invoker, options) => new Lease.LeaseClient(invoker).LeaseGrantAsync(request, options).ResponseAsync, cancellationToken)).ID;
    }

    public Task<bool> KeepAliveAsync(long lease, CancellationToken cancellationToken) => CallAsync(
        async (invoker, options) =>
        {
            using AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
                new Lease.LeaseClient(invoker).LeaseKeepAlive(options);
            await call.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = lease }, options.CancellationToken);
            bool answered = await call.ResponseStream.MoveNext(options.CancellationToken);
            await call.RequestStream.CompleteAsync();
            return answered && call.ResponseStream.Current.TTL > 0;
        },
        cancellationToken);

    public async Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken)
    {
        LeaseRevokeRequest request = new() { ID = lease };
        _ = await CallAsync(
            async (invoker, options) =>
            {
                try
                {
                    return await new Lease.LeaseClient(invoker).LeaseRevokeAsync(request, options);
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
                {
                    return new LeaseRevokeResponse(); // it has ended by itself
                }
            },
            cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        channels.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Asks members one after the other until one answers, each once.</summary>
    private async Task<T> CallAsync<T>(Func<CallInvoker, CallOptions, Task<T>> call, CancellationToken cancellationToken)
    {
        StoreUnavailableException? failure = null;
        for (int i = 0; i < channels.Count; i++)
        {
            int place = channels.Place;
            CallOptions options = new(NeedsLeader, time.GetUtcNow().UtcDateTime + CallTimeout, cancellationToken);
            try
            {
                return await AskAsync(place, () => call(channels.At(place), options), cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                failure = e;
            }
        }

        throw failure!;
    }

    private Task<bool> AskAsync(int place, Func<Task> question, CancellationToken cancellationToken) => AskAsync(
        place,
        async () =>
        {
            await question();
            return true;
        },
        cancellationToken);

    private async Task<T> AskAsync<T>(int place, Func<Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException or HttpRequestException)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }

            channels.Leave(place);
            throw e is RpcException { StatusCode: StatusCode.OutOfRange } compacted && compacted.Status.Detail.Contains("compacted", StringComparison.Ordinal)
                ? new StoreCompactedException(0)
                : new StoreUnavailableException($"etcd does not answer: {(e is RpcException failed ? Explain(failed) : e.Message)}", e);
        }
    }

    /// <summary>What stopped it, without what gRPC wraps it in.</summary>
    internal static string Explain(RpcException e) => e.StatusCode switch
    {
        StatusCode.DeadlineExceeded => "no answer in time",
        _ => e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail,
    };
}
