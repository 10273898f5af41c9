using System.Collections.Immutable;

namespace VirtNet.Host.Reconcile;

/// <summary>What leads from one state of the host to another.</summary>
internal static class HostDiff
{
    /// <summary>First what goes, from the top down, then what comes, from the ground up.</summary>
    public static ImmutableArray<HostChange> Between(
        IReadOnlyDictionary<string, HostResource> current, IReadOnlyDictionary<string, HostResource> desired)
    {
        Dictionary<string, HostResource> going = new(
            current.Where(have => !desired.ContainsKey(have.Key)));
        return
        [
            .. going.Values.Where(have => have.GoesWith is not { } carrier || !going.ContainsKey(carrier))
                .OrderByDescending(have => have.Rank).Select(have => new HostChange(have, After: null)),
            .. desired.Values.OrderBy(want => want.Rank)
                .Select(want => new HostChange(current.GetValueOrDefault(want.Key), want))
                .Where(change => change.Before != change.After),
        ];
    }

    /// <summary>The inverses of applied changes, newest first, without those that another of them makes superfluous.</summary>
    public static ImmutableArray<HostChange> Inverse(IReadOnlyList<HostChange> applied)
    {
        HashSet<string> created = [.. applied.Where(change => change.Before is null).Select(change => change.After!.Key)];
        return
        [
            .. applied.Where(change => change.After?.GoesWith is not { } carrier || !created.Contains(carrier))
                .Reverse().Select(change => change.Inverted()),
        ];
    }
}
