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

    private readonly EtcdCalls _calls = new(channels, time);

    /// <exception cref="FabricException">The settings name nobody, or certificates that cannot be read.</exception>
    public static EtcdStore Open(FabricOptions options, TimeProvider time) => new(EtcdChannels.Open(options), time);

    public async Task<StoredRange> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        List<StoredEntry> entries = [];
        ByteString end = EtcdKeys.EndOf(prefix);
        RangeRequest request = new() { Key = ByteString.CopyFromUtf8(prefix), RangeEnd = end, Limit = PageSize };
        while (true)
        {
            RangeResponse page = await _calls.WithMajorityAsync(
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
        TxnResponse response = await _calls.WithMajorityAsync(
            (invoker, options) => new KV.KVClient(invoker).TxnAsync(request, options).ResponseAsync, cancellationToken);
        return new StoreOutcome(response.Succeeded, response.Header.Revision);
    }

    public async IAsyncEnumerable<StoreChanges> WatchAsync(
        string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int place = channels.Place;
        using AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call =
            new Watch.WatchClient(channels.At(place)).Watch(EtcdCalls.NeedsLeader, cancellationToken: cancellationToken);
        await _calls.AskAsync(place, () => call.RequestStream.WriteAsync(
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
        while (await _calls.AskAsync(place, () => call.ResponseStream.MoveNext(cancellationToken), cancellationToken))
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
        return (await _calls.WithMajorityAsync(
            (invoker, options) => new Lease.LeaseClient(invoker).LeaseGrantAsync(request, options).ResponseAsync, cancellationToken)).ID;
    }

    public Task<bool> KeepAliveAsync(long lease, CancellationToken cancellationToken) => _calls.WithMajorityAsync(
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
        _ = await _calls.WithMajorityAsync(
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
}
