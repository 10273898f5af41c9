using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Claims;

/// <summary>
/// Says of a network that runs who else would take its bridge: on the board, and in the log once. Thread-safe for different
/// networks.
/// </summary>
internal sealed class ClaimsReport(LinkClaims claims, ConditionBoard board, ILogger logger)
{
    private const string Source = "claims";

    /// <summary>By network, the bridge whose claims are told.</summary>
    private readonly ConcurrentDictionary<Guid, string> _told = [];

    /// <summary>Looks at the host's files when the network, or its bridge's name, is new.</summary>
    public void Tell(NetworkDefinition network)
    {
        if (network is not { OwnsBridge: true, BridgeName: { } bridge, Uuid: { } uuid }
            || (_told.TryGetValue(uuid, out string? told) && told == bridge))
        {
            return;
        }

        Condition[] conditions = [.. claims.Of(bridge).Select(claim => new Condition(ConditionKind.Warning, claim))];
        _told[uuid] = bridge;
        if (board.Set(uuid, Source, conditions))
        {
            foreach (Condition condition in conditions)
            {
                logger.BridgeClaimed(network.Name, condition.Text);
            }
        }
    }

    /// <summary>The network has ended, or has not come to be.</summary>
    public void Forget(Guid network)
    {
        _told.TryRemove(network, out _);
        board.Set(network, Source, []);
    }
}
