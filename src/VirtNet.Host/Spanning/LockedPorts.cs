using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>The ports of a bridge that guests of are held to what is theirs.</summary>
/// <param name="Bridge">The number of the bridge itself.</param>
/// <param name="Gateway">The MAC address of the bridge, which no guest may use.</param>
/// <param name="All">The numbers of all that it has.</param>
/// <param name="Guarded">Those that guests are behind.</param>
internal sealed record LockedPorts(int Bridge, MacAddress? Gateway, IReadOnlyList<int> All, IReadOnlyList<GuardedPort> Guarded);
