using VirtNet.Daemon.Files;
using VirtNet.Model;

namespace VirtNet.Daemon.Networks;

/// <summary>Which copies of a definition a change is for (virNetworkUpdateFlags).</summary>
[Flags]
internal enum DefinitionCopies
{
    /// <summary>The live one while the network is active, else the persistent one.</summary>
    Current = 0,
    Live = 1,
    Config = 2,
}

/// <summary>Resolves <see cref="DefinitionCopies"/> against the state of a network.</summary>
internal static class DefinitionCopiesExtensions
{
    /// <summary>Says which copies are really meant, and refuses those that are not there.</summary>
    public static DefinitionCopies Resolve(this DefinitionCopies copies, NetworkSnapshot snapshot)
    {
        if (copies == DefinitionCopies.Current)
        {
            return snapshot.IsActive ? DefinitionCopies.Live : DefinitionCopies.Config;
        }

        if (copies.HasFlag(DefinitionCopies.Live) && !snapshot.IsActive)
        {
            throw VirtNetException.OperationInvalid("network is not running");
        }

        if (copies.HasFlag(DefinitionCopies.Config) && !snapshot.IsPersistent)
        {
            throw VirtNetException.OperationInvalid("cannot change persistent config of a transient network");
        }

        return copies;
    }

    /// <summary>The one definition to read from.</summary>
    public static NetworkDefinition Choose(this DefinitionCopies copies, NetworkSnapshot snapshot) =>
        copies.Resolve(snapshot).HasFlag(DefinitionCopies.Live) ? snapshot.Live! : snapshot.Config!;
}
