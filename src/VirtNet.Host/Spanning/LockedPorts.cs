namespace VirtNet.Host.Spanning;

/// <summary>The ports of a bridge that guests of are held to what is theirs.</summary>
/// <param name="All">The numbers of all that it has.</param>
/// <param name="Guarded">Those that guests are behind.</param>
internal sealed record LockedPorts(IReadOnlyList<int> All, IReadOnlyList<GuardedPort> Guarded);
