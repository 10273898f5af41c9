using VirtNet.Model;

namespace VirtNet.Host.Networks;

/// <summary>The bridge of a network, and who is on it: from this a later daemon knows what is missing, and what was the network's.</summary>
/// <param name="Index">The kernel's number of it: another bridge of the same name is another one.</param>
public sealed record BridgeRecord(int Index, ValueList<PluggedGuest> Guests);
