namespace VirtNet.Host.Networks;

/// <summary>What converging did.</summary>
/// <param name="Changes">What was changed on the host.</param>
public sealed record Converged(IReadOnlyList<HostChange> Changes, BridgeStanding Standing);
