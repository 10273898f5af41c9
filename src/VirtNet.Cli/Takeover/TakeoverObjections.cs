using VirtNet.Cli.Libvirt;
using VirtNet.Model;

namespace VirtNet.Cli.Takeover;

/// <summary>What speaks against taking a running network over, whoever of libvirt runs it, before anything is touched.</summary>
internal static class TakeoverObjections
{
    /// <returns>A sentence each; none = it can be.</returns>
    public static IEnumerable<string> Of(LibvirtNetwork stored, LiveNetwork live)
    {
        NetworkDefinition network = live.Definition;
        if (network.Uuid is null || network.Uuid != stored.Definition.Uuid || network.Name != stored.Name)
        {
            yield return "what runs is another network than what is defined";
        }

        if (network.OwnsBridge && !(network.BridgeName is { } bridge && InterfaceName.IsPossible(bridge)))
        {
            yield return "its bridge has no name that an interface can have";
        }
    }
}
