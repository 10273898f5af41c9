using System.Collections;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// The rules of one chain, first to last. A chain may have some for each of thousands of links, so those that may be about a
/// packet are found by its links.
/// </summary>
internal sealed class RuleList : IReadOnlyList<RuleLine>
{
    private static readonly List<int> None = [];

    private readonly List<RuleLine> _rules = [];
    private readonly List<int> _general = [];
    private readonly Dictionary<string, List<int>> _byIn = [];
    private readonly Dictionary<string, List<int>> _byOut = [];

    public int Count => _rules.Count;

    /// <summary>Whether some rule marks packets or connections.</summary>
    public bool Marks { get; private set; }

    public RuleLine this[int index] => _rules[index];

    public void Add(RuleLine rule)
    {
        PlaceOf(rule).Add(_rules.Count);
        _rules.Add(rule);
        Marks |= rule.Marks.Count > 0;
    }

    /// <summary>First to last, all but those that are for certain about other packets.</summary>
    public IEnumerable<RuleLine> About(SamplePacket packet) =>
        (packet.In is null && _byIn.Count > 0) || (packet.Out is null && _byOut.Count > 0)
            ? _rules
            : Merge(_general, Of(_byIn, packet.In), Of(_byOut, packet.Out));

    public IEnumerator<RuleLine> GetEnumerator() => _rules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<int> PlaceOf(RuleLine rule) => (rule.In, rule.Out) switch
    {
        ({ } link, _) => _byIn.TryGetValue(link, out List<int>? have) ? have : _byIn[link] = [],
        (_, { } link) => _byOut.TryGetValue(link, out List<int>? have) ? have : _byOut[link] = [],
        _ => _general,
    };

    private static List<int> Of(Dictionary<string, List<int>> rules, string? link) =>
        link is not null && rules.TryGetValue(link, out List<int>? of) ? of : None;

    private IEnumerable<RuleLine> Merge(List<int> one, List<int> two, List<int> three)
    {
        int i = 0;
        int j = 0;
        int k = 0;
        while (Math.Min(At(one, i), Math.Min(At(two, j), At(three, k))) is var next && next < _rules.Count)
        {
            yield return _rules[next];
            i += At(one, i) == next ? 1 : 0;
            j += At(two, j) == next ? 1 : 0;
            k += At(three, k) == next ? 1 : 0;
        }
    }

    private static int At(List<int> places, int index) => index < places.Count ? places[index] : int.MaxValue;
}
