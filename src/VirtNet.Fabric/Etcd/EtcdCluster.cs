using Etcdserverpb;
using Grpc.Core;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Etcd;

/// <summary>Who the members of etcd are.</summary>
internal sealed class EtcdCluster(EtcdChannels channels, TimeProvider time)
{
    private readonly EtcdCalls _calls = new(channels, time);

    /// <exception cref="StoreUnavailableException">No member answers.</exception>
    public async Task<IReadOnlyList<EtcdPeer>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await AskAsync((client, options) => client.MemberListAsync(new MemberListRequest(), options).ResponseAsync, cancellationToken))
            .Members.Select(ToPeer),
    ];

    /// <summary>Announces a member that learns first: until it has learnt all and is promoted nothing depends on it.</summary>
    /// <returns>All members, with the new one, which has no name yet.</returns>
    public async Task<IReadOnlyList<EtcdPeer>> AddAsync(string peerUrl, CancellationToken cancellationToken)
    {
        MemberAddRequest request = new() { IsLearner = true };
        request.PeerURLs.Add(peerUrl);
        return [.. (await AskAsync((client, options) => client.MemberAddAsync(request, options).ResponseAsync, cancellationToken)).Members.Select(ToPeer)];
    }

    /// <returns>False: it has not learnt all yet.</returns>
    public async Task<bool> PromoteAsync(ulong id, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync((client, options) => client.MemberPromoteAsync(new MemberPromoteRequest { ID = id }, options).ResponseAsync, cancellationToken);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    public Task RemoveAsync(ulong id, CancellationToken cancellationToken) =>
        AskAsync((client, options) => client.MemberRemoveAsync(new MemberRemoveRequest { ID = id }, options).ResponseAsync, cancellationToken);

    private static EtcdPeer ToPeer(Etcdserverpb.Member member) => new(member.ID, member.Name, member.IsLearner, [.. member.PeerURLs], [.. member.ClientURLs]);

    private Task<T> AskAsync<T>(Func<Cluster.ClusterClient, CallOptions, Task<T>> question, CancellationToken cancellationToken) =>
        _calls.OfAnyAsync((invoker, options) => question(new Cluster.ClusterClient(invoker), options), cancellationToken);
}

/// <summary>A member of etcd.</summary>
/// <param name="Name">Empty until it has started once.</param>
/// <param name="Learns">It has no say yet.</param>
internal sealed record EtcdPeer(ulong Id, string Name, bool Learns, IReadOnlyList<string> PeerUrls, IReadOnlyList<string> ClientUrls);
