using Microsoft.Extensions.Logging;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// Says what is cut off, and when that is over: one line in the log for one cause, however many networks it concerns, and a
/// condition of each of these networks. Not thread-safe.
/// </summary>
internal sealed class CutOffReport(ConditionBoard board, ILogger logger)
{
    private const string Source = "firewall";

    /// <summary>A line that names thousands of networks helps nobody.</summary>
    private const int MostNames = 5;

    private readonly Dictionary<Guid, CutOff[]> _current = [];
    private readonly HashSet<string> _told = [];

    /// <param name="found">For each network that was looked at, what cuts it off: perhaps nothing.</param>
    public void Tell(IReadOnlyDictionary<Guid, CutOff[]> found)
    {
        CutOff[] before = [.. _current.Values.SelectMany(all => all)];
        foreach ((Guid network, CutOff[] cutOffs) in found)
        {
            // Who did it is known best when it is new.
            CutOff[] had = _current.GetValueOrDefault(network, []);
            _current[network] = [.. cutOffs.Select(cutOff => had.FirstOrDefault(old => Cause(old) == Cause(cutOff)) ?? cutOff)];
            board.Set(network, Source, [.. _current[network].Select(cutOff => new Condition(ConditionKind.CutOff, cutOff.Text))]);
        }

        HashSet<string> now = [.. _current.Values.SelectMany(all => all).Select(Cause)];
        foreach (IGrouping<string, CutOff> over in before.GroupBy(Cause).Where(cause => !now.Contains(cause.Key)))
        {
            if (_told.Remove(over.Key))
            {
                string names = Names(over);
                string place = $"{over.First().Owner.Name} ({over.First().Place})";
                logger.NoLongerCutOff(names, place);
            }
        }

        foreach (IGrouping<string, CutOff> cause in found.Values.SelectMany(all => all).GroupBy(Cause))
        {
            if (_told.Add(cause.Key))
            {
                string names = Names(cause);
                logger.CutOff(names, cause.First().Text);
            }
        }
    }

    /// <summary>The network ends, and nobody needs to be told of it any more. On any thread.</summary>
    public void TakeOff(Guid network) => board.Set(network, Source, []);

    /// <summary>The network has ended.</summary>
    public void Forget(Guid network)
    {
        if (_current.Remove(network, out CutOff[]? had) && had.Length > 0)
        {
            board.Set(network, Source, []);
            _told.ExceptWith(had.Select(Cause).Except(_current.Values.SelectMany(all => all).Select(Cause)));
        }
    }

    private static string Cause(CutOff cutOff) => $"{cutOff.Place}: {cutOff.What}";

    private static string Names(IEnumerable<CutOff> cutOffs)
    {
        string[] names = [.. cutOffs.Select(cutOff => cutOff.Network.Name).Distinct().Order(StringComparer.Ordinal)];
        return (names.Length == 1 ? "network " : "networks ") + string.Join(", ", names.Take(MostNames))
            + (names.Length > MostNames ? $" and {names.Length - MostNames} more" : "");
    }
}
