using System.Diagnostics.CodeAnalysis;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// Knows through which interfaces a server's answers can come. A guest can write whatever sender it likes, so nothing is
/// believed that comes out of a network of guests, unless the server itself is there. The loop's thread only.
/// </summary>
/// <param name="guestBridge">The name of the bridge that this interface is, if guests are behind it; else null.</param>
/// <param name="interfaceTowards">The interface by which the host reaches an endpoint; 0 if it does not.</param>
internal sealed class UpstreamPaths(
    Func<int, string?> guestBridge, Func<NetEndpoint, int> interfaceTowards, TimeProvider clock)
{
    /// <summary>Servers that answer through such bridges are few; what is known of more is found out anew.</summary>
    private const int MaxKnown = 256;

    /// <summary>How long a way is taken to stay as it is.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Dictionary<NetEndpoint, Path> _known = [];

    /// <param name="arrival">The interface that a datagram came in through; 0 if it did not come from outside.</param>
    /// <param name="bridge">If not: the bridge whose guests have sent it.</param>
    public bool CanLead(UpstreamServer server, int arrival, [NotNullWhen(false)] out string? bridge)
    {
        bridge = arrival == 0 ? null : guestBridge(arrival);
        return bridge is null || Towards(server.Endpoint) == arrival;
    }

    private int Towards(NetEndpoint server)
    {
        if (_known.TryGetValue(server, out Path path) && clock.GetElapsedTime(path.FoundAt) < Lifetime)
        {
            return path.Interface;
        }

        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        path = new Path(interfaceTowards(server), clock.GetTimestamp());
        _known[server] = path;
        return path.Interface;
    }

    private readonly record struct Path(int Interface, long FoundAt);
}
