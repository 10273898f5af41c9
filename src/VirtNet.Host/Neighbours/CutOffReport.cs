using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// Says what is cut off, and when that is over: one line in the log for one cause, however many networks it concerns, and a
/// condition of each of these networks. What it costs depends on the networks that it is told of, not on all. Not thread-safe.
/// </summary>
internal sealed class CutOffReport(ConditionBoard board, ILogger logger)
{
    private const string Source = "firewall";

    private readonly Dictionary<Guid, CutOff[]> _current = [];

    /// <summary>How many networks each cause cuts off: what has been said, and is not over.</summary>
    private readonly Dictionary<string, int> _causes = [];

    /// <param name="found">For each network that was looked at, what cuts it off: perhaps nothing.</param>
    public void Tell(IReadOnlyDictionary<Guid, CutOff[]> found)
    {
        HashSet<string> known = [.. found.Values.SelectMany(all => all).Select(Cause).Where(_causes.ContainsKey)];
        List<CutOff> before = [];
        foreach ((Guid network, CutOff[] cutOffs) in found)
        {
            // Who did it is known best when it is new.
            CutOff[] had = _current.GetValueOrDefault(network, []);
            before.AddRange(had);
            Replace(network, had, [.. cutOffs.Select(cutOff => had.FirstOrDefault(old => Cause(old) == Cause(cutOff)) ?? cutOff)]);
        }

        foreach (IGrouping<string, CutOff> over in before.GroupBy(Cause).Where(cause => !_causes.ContainsKey(cause.Key)))
        {
            string names = Names(over);
            string place = $"{over.First().Owner.Name} ({over.First().Place})";
            logger.NoLongerCutOff(names, place);
        }

        foreach (IGrouping<string, CutOff> cause in found.Values.SelectMany(all => all).GroupBy(Cause)
            .Where(cause => !known.Contains(cause.Key)))
        {
            string names = Names(cause);
            logger.CutOff(names, cause.First().Text);
        }
    }

    /// <summary>The network ends, and nobody needs to be told of it any more. On any thread.</summary>
    public void TakeOff(Guid network) => board.Set(network, Source, []);

    /// <summary>The network has ended.</summary>
    public void Forget(Guid network)
    {
        if (_current.TryGetValue(network, out CutOff[]? had))
        {
            Replace(network, had, []);
        }
    }

    private void Replace(Guid network, CutOff[] had, CutOff[] has)
    {
        foreach (string cause in has.Select(Cause).Distinct())
        {
            _causes[cause] = _causes.GetValueOrDefault(cause) + 1;
        }

        foreach (string cause in had.Select(Cause).Distinct())
        {
            if (--_causes[cause] == 0)
            {
                _causes.Remove(cause);
            }
        }

        _current[network] = has;
        if (has.Length == 0)
        {
            _current.Remove(network);
        }

        board.Set(network, Source, [.. has.Select(cutOff => new Condition(ConditionKind.CutOff, cutOff.Text))]);
    }

    private static string Cause(CutOff cutOff) => $"{cutOff.Place}: {cutOff.What}";

    private static string Names(IEnumerable<CutOff> cutOffs)
    {
        string[] names = [.. cutOffs.Select(cutOff => cutOff.Network.Name).Distinct().Order(StringComparer.Ordinal)];
        return (names.Length == 1 ? "network " : "networks ") + Listing.Of(names);
    }
}
