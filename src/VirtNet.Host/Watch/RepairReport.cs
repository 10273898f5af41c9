using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Reconcile;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Watch;

/// <summary>
/// Says what of a network cannot be repaired: on the board as long as it is so, in the log once. Thread-safe.
/// </summary>
internal sealed class RepairReport(ConditionBoard board, ILogger logger)
{
    private const string Source = "host";
    private const string InternalError = "internal error: ";

    public void Tell(NetworkDefinition network, ImmutableArray<HostFailure> failed)
    {
        HashSet<string> keys = [.. failed.Select(failure => failure.Resource.Key)];
        Say(network, [
            .. failed.Where(failure => failure.Resource.GoesWith is not { } carrier || !keys.Contains(carrier))
                .Select(failure => new Condition(ConditionKind.Warning, $"{failure.Resource.Key} could not be put back: {Text(failure.Reason)}")),
        ]);
    }

    public void Tell(NetworkDefinition network, string obstacle) =>
        Say(network, [new Condition(ConditionKind.Warning, obstacle)]);

    public void Forget(Guid network) => board.Set(network, Source, []);

    private void Say(NetworkDefinition network, Condition[] conditions)
    {
        if (board.Set(network.Uuid, Source, conditions) && conditions.Length > 0)
        {
            logger.NotRepaired(network.Name, string.Join("; ", conditions.Select(condition => condition.Text)));
        }
    }

    /// <summary>libvirt's prefix says nothing to a reader of the log.</summary>
    private static string Text(string reason) =>
        reason.StartsWith(InternalError, StringComparison.Ordinal) ? reason[InternalError.Length..] : reason;
}
