using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>A port that a guest is behind which is held to what is its own.</summary>
/// <param name="Owners">The MAC addresses that may be used there; null = the port is not locked: any but those of others.</param>
internal sealed record GuardedPort(int Index, IReadOnlyCollection<MacAddress>? Owners);
