using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Publishing;

/// <summary>
/// Which connections from guests of other networks the kernel must forget when others of them are let in than before: one that was
/// translated goes on under the host's address, and one that was let in goes on being answered.
/// </summary>
internal sealed class PeerFlows
{
    private readonly HashSet<IPNetwork> _comers;
    private readonly HashSet<IPNetwork> _leavers;
    private readonly IPNetwork[] _own;

    private PeerFlows(HashSet<IPNetwork> comers, HashSet<IPNetwork> leavers, IPNetwork[] own)
    {
        _comers = comers;
        _leavers = leavers;
        _own = own;
    }

    /// <summary>Whether there is something to forget, perhaps.</summary>
    public bool Any => _comers.Count + _leavers.Count > 0;

    /// <param name="own">The subnets of the network that lets them in.</param>
    public static PeerFlows Between(ValueList<HostPeer> before, ValueList<HostPeer> after, IEnumerable<IPNetwork> own) => new(
        [.. after.Except(before).SelectMany(peer => peer.Subnets)], [.. before.Except(after).SelectMany(peer => peer.Subnets)], [.. own]);

    /// <summary>Whether the kernel must forget this one.</summary>
    public bool Includes(ConntrackFlow flow) => Array.Exists(_own, subnet => subnet.Contains(flow.To))
        && (_leavers.Any(subnet => subnet.Contains(flow.From)) || (flow.IsHidden && _comers.Any(subnet => subnet.Contains(flow.From))));

    /// <summary>Has the kernel forget them.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="VirtNetException">The kernel does not answer.</exception>
    public int Forget() => _comers.Concat(_leavers).Select(subnet => KernelFamily.Of(subnet.BaseAddress)).Distinct()
        .Sum(family => ConntrackClient.Forget(family, Includes));
}
