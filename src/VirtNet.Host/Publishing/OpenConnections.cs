using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Publishing;

/// <summary>
/// What the kernel follows at one moment of connections that were sent to one place and are answered at another: it is asked once a
/// family, when it is first needed, however many networks are counted by it.
/// </summary>
public sealed class OpenConnections
{
    private readonly Dictionary<bool, Flows> _families = [];

    /// <summary>Those to what is published; without what nobody uses.</summary>
    /// <exception cref="VirtNetException">The kernel does not answer.</exception>
    public IReadOnlyList<PublishedTraffic> Count(IReadOnlyCollection<HostPublication> publications)
    {
        Dictionary<(HostPublication Publication, IPAddress? Target), PublishedTraffic> found = [];
        // For one connection there is one publication: the most exact.
        HashSet<ConntrackFlow> counted = new(ReferenceEqualityComparer.Instance);
        foreach (HostPublication publication in publications.Where(one => !one.IsOwnAddress).OrderBy(one => one.Ports is { IsSingle: true } ? 0 : 1))
        {
            bool isOfHost = publication.Targets.Any(target => target.Address is null);
            HashSet<IPAddress> everybody = [.. PublishedFlows.Everybody(publication)];
            foreach (ConntrackFlow flow in FlowsOf(publication.Ipv6).To(publication).Where(flow => PublishedFlows.IsSentTo(publication, flow)
                && (isOfHost || everybody.Contains(flow.Answers)) && counted.Add(flow)))
            {
                IPAddress? target = isOfHost ? null : flow.Answers;
                PublishedTraffic had = found.GetValueOrDefault((publication, target)) ?? new PublishedTraffic(publication, target, 0, null);
                found[(publication, target)] = had with { Open = had.Open + 1, Octets = flow.Octets is { } more ? (had.Octets ?? 0) + more : had.Octets };
            }
        }

        return [.. found.Values];
    }

    private Flows FlowsOf(bool ipv6)
    {
        if (!_families.TryGetValue(ipv6, out Flows? flows))
        {
            flows = new Flows(ConntrackClient.List(
                ipv6 ? KernelFamily.Ipv6 : KernelFamily.Ipv4, flow => flow is { IsTranslated: true, HasEnded: false }));
            _families.Add(ipv6, flows);
        }

        return flows;
    }

    /// <summary>By where they were sent to, so that many publications cost no more than one.</summary>
    private sealed class Flows(List<ConntrackFlow> all)
    {
        private readonly ILookup<(byte Protocol, int Port), ConntrackFlow> _byPort = all.ToLookup(flow => (flow.Protocol, (int)flow.Port));

        public IEnumerable<ConntrackFlow> To(HostPublication publication) => publication is { Ports: { IsSingle: true } port, Protocol: { } protocol }
            ? _byPort[((byte)protocol, port.First)] : all;
    }
}
