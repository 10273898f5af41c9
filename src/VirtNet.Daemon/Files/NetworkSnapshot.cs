using VirtNet.Model;
using VirtNet.Model.Ports;

namespace VirtNet.Daemon.Files;

/// <summary>
/// The state of one network at one moment. At least one of the two definitions is there; a network with neither is
/// gone.
/// </summary>
/// <param name="Config">The persistent definition; null = transient.</param>
/// <param name="Live">The definition in force; null = inactive.</param>
/// <param name="Ports">Guest interfaces plugged in; empty while inactive.</param>
/// <param name="HookTainted">Whether a hook script ran for the active network.</param>
/// <param name="Unfinished">A change in whose midst the last daemon was killed; null once the network was adopted.</param>
internal sealed record NetworkSnapshot(
    NetworkDefinition? Config,
    NetworkDefinition? Live,
    bool Autostart,
    ValueList<NetworkPort> Ports,
    bool HookTainted = false,
    UnfinishedChange? Unfinished = null)
{
    public bool IsActive => Live is not null;

    public bool IsPersistent => Config is not null;

    public bool IsGone => Live is null && Config is null;

    /// <summary>What describes the network now: the live definition while active, else the persistent one.</summary>
    public NetworkDefinition Current =>
        Live ?? Config ?? throw new InvalidOperationException("the network is gone");

    /// <summary>Those that there are.</summary>
    public IEnumerable<NetworkDefinition> Definitions => ((NetworkDefinition?[])[Live, Config]).OfType<NetworkDefinition>();

    /// <summary>Bridge names that other networks must leave alone.</summary>
    public IEnumerable<string> BridgeNames => Definitions.Select(definition => definition.BridgeName).OfType<string>().Distinct();
}
