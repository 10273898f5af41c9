using VirtNet.Model;

namespace VirtNet.Daemon.Files;

/// <summary>
/// A change of an active network that is under way. It is on disk before the host is touched: a daemon that is killed then is
/// followed by one that knows what may be there, and ends the change or undoes it.
/// </summary>
/// <param name="Live">What the network becomes.</param>
/// <param name="Config">The persistent definition that goes with it; null = that does not change. Once it is stored, the change is made.</param>
internal sealed record UnfinishedChange(NetworkDefinition Live, NetworkDefinition? Config);
