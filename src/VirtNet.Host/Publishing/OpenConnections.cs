using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Publishing;

/// <summary>Counts what the kernel follows of connections to what is published.</summary>
internal static class OpenConnections
{
    /// <exception cref="IOException">The kernel does not answer.</exception>
    public static IReadOnlyList<PublishedTraffic> Count(IReadOnlyCollection<HostPublication> publications)
    {
        Dictionary<(HostPublication Publication, IPAddress? Target), PublishedTraffic> found = [];
        foreach (IGrouping<bool, HostPublication> family in publications.Where(one => !one.IsOwnAddress).GroupBy(one => one.Ipv6))
        {
            Guide guide = new(family);
            foreach (ConntrackFlow flow in ConntrackClient.List(
                family.Key ? KernelFamily.Ipv6 : KernelFamily.Ipv4,
                flow => flow is { IsTranslated: true, HasEnded: false } && guide.Find(flow) is not null))
            {
                HostPublication publication = guide.Find(flow)!;
                IPAddress? target = IsOfHost(publication) ? null : flow.Answers;
                PublishedTraffic had = found.GetValueOrDefault((publication, target)) ?? new PublishedTraffic(publication, target, 0, null);
                found[(publication, target)] = had with { Open = had.Open + 1, Octets = flow.Octets is { } more ? (had.Octets ?? 0) + more : had.Octets };
            }
        }

        return [.. found.Values];
    }

    /// <summary>By which publication a connection came; exact ports by themselves, so that many publications cost no more than one.</summary>
    private sealed class Guide(IEnumerable<HostPublication> publications)
    {
        private readonly ILookup<(byte Protocol, int Port), HostPublication> _exact = publications
            .Where(one => one.Ports is { IsSingle: true }).ToLookup(one => ((byte)one.Protocol!.Value, (int)one.Ports!.Value.First));

        private readonly HostPublication[] _others = [.. publications.Where(one => one.Ports is not { IsSingle: true })];

        public HostPublication? Find(ConntrackFlow flow) =>
            _exact[(flow.Protocol, flow.Port)].FirstOrDefault(one => IsOf(one, flow)) ?? Array.Find(_others, one => IsOf(one, flow));

        private static bool IsOf(HostPublication one, ConntrackFlow flow) => PublishedFlows.IsSentTo(one, flow)
            && (IsOfHost(one) || PublishedFlows.Everybody(one).Contains(flow.Answers));
    }

    private static bool IsOfHost(HostPublication publication) => publication.Targets.Any(target => target.Address is null);
}
