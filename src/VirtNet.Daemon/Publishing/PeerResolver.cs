using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Publishing;

/// <summary>From the peers of a definition to those that are let in now. Pure.</summary>
internal static class PeerResolver
{
    public static ValueList<HostPeer> Resolve(ValueList<NetworkPeer> peers, IReadOnlyDictionary<string, RunningNetwork> running) => peers
        .Where(peer => running.GetValueOrDefault(peer.Network)?.Bridge is not null)
        .Select(peer => (Peer: peer, Network: running[peer.Network]))
        .Select(one => new HostPeer(one.Peer.Network, one.Network.Bridge!, one.Network.Subnets, one.Peer.Protocol, one.Peer.Ports))
        .ToValueList();

    /// <summary>Which of them are not let in: a sentence each.</summary>
    public static IEnumerable<string> Warnings(ValueList<NetworkPeer> peers, IReadOnlyDictionary<string, RunningNetwork> running) => peers
        .Select(peer => peer.Network).Distinct()
        .Where(name => running.GetValueOrDefault(name)?.Bridge is null)
        .Select(name => running.ContainsKey(name)
            ? $"peer '{name}' is not let in: it has no bridge of its own, its guests are on another network"
            : $"peer '{name}' is not let in: no network of that name runs; it is as soon as one does");
}
