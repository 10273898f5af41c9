using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Claims;

/// <summary>Says of a network that starts, or is adopted, who else would take its bridge: on the board, and in the log once.</summary>
internal sealed class ClaimsReport(LinkClaims claims, ConditionBoard? board, ILogger logger)
{
    private const string Source = "claims";

    public void Tell(NetworkDefinition network)
    {
        if (board is null || !network.OwnsBridge || network.BridgeName is not { } bridge)
        {
            return;
        }

        Condition[] conditions = [.. claims.Of(bridge).Select(claim => new Condition(ConditionKind.Warning, claim))];
        if (board.Set(network.Uuid, Source, conditions))
        {
            foreach (Condition condition in conditions)
            {
                logger.BridgeClaimed(network.Name, condition.Text);
            }
        }
    }
}
