using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Reconcile;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Watch;

/// <summary>
/// Says what of a network cannot be repaired: on the board as long as it is so, in the log once. Thread-safe for different
/// networks.
/// </summary>
internal sealed class RepairReport(ConditionBoard? board, ILogger logger)
{
    private const string Source = "host";
    private const string InternalError = "internal error: ";

    private readonly ConcurrentDictionary<Guid, string> _told = [];

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

    public void Forget(NetworkDefinition network) => Say(network, []);

    private void Say(NetworkDefinition network, Condition[] conditions)
    {
        Guid uuid = network.Uuid!.Value;
        string text = string.Join("; ", conditions.Select(condition => condition.Text));
        if (text.Length == 0 ? !_told.TryRemove(uuid, out _) : _told.TryGetValue(uuid, out string? told) && told == text)
        {
            return;
        }

        board?.Set(uuid, Source, conditions);
        if (text.Length > 0)
        {
            _told[uuid] = text;
            logger.NotRepaired(network.Name, text);
        }
    }

    /// <summary>libvirt's prefix says nothing to a reader of the log.</summary>
    private static string Text(string reason) =>
        reason.StartsWith(InternalError, StringComparison.Ordinal) ? reason[InternalError.Length..] : reason;
}
