using System.Net;

namespace VirtNet.Host;

/// <summary>Where this host is reached by the others of a network that spans hosts.</summary>
/// <param name="Address">One of its own addresses.</param>
/// <param name="Device">The interface that has it.</param>
/// <param name="Mtu">Of that interface, in octets.</param>
public sealed record HostUnderlay(IPAddress Address, string Device, uint Mtu);
