using System.Net;

namespace VirtNet.Host;

/// <summary>Where this host is reached by the others of a network that spans hosts.</summary>
/// <param name="Address">One of its own addresses.</param>
/// <param name="Device">The interface by which it reaches them; of several, the one with the smallest MTU.</param>
/// <param name="Mtu">Of that interface, in octets.</param>
public sealed record HostUnderlay(IPAddress Address, string Device, uint Mtu)
{
    /// <summary>
    /// Whether what comes in there is dropped that would go out elsewhere: then guests of other hosts do not answer this one, as their
    /// hosts send their answers there.
    /// </summary>
    public bool DropsAnswers { get; init; }
}
