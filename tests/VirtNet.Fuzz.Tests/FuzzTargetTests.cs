using VirtNet.Fuzz.Engine;

namespace VirtNet.Fuzz.Tests;

/// <summary>
/// Each target with all that is kept of it and a small number of changed inputs: enough to see that nothing known comes
/// back. The search for more is <c>dotnet run --project tests/VirtNet.Fuzz -c Release</c>.
/// </summary>
public sealed class FuzzTargetTests
{
    private const int Changed = 300;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Nothing_kept_and_nothing_new_breaks_a_property(string name)
    {
        FuzzTarget target = Target(name);
        Corpus corpus = new(Corpus.Folder, name);
        byte[][] kept = [.. corpus.Findings(), .. corpus.Interesting()];
        FuzzReport report = new FuzzSession(target, seed: 1, coverage: null)
            .Run(kept, Changed + kept.Length + target.Seeds.Sum(seed => seed.Length + 1), TimeSpan.MaxValue);
        Assert.True(report.Findings.Count == 0, string.Join('\n', report.Findings.Select(finding => finding.Failure)));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_same_seed_makes_the_same_inputs(string name)
    {
        FuzzTarget target = Target(name);
        Assert.Equal(Inputs(target), Inputs(target));
    }

    private static List<byte[]> Inputs(FuzzTarget target)
    {
        Mutator mutator = new(new Random(1), target.MaxLength, target.Words);
        byte[][] seeds = [.. target.Seeds];
        return [.. Enumerable.Range(0, 20).Select(i => mutator.Mutate(seeds[i % seeds.Length], seeds[0]))];
    }

    private static FuzzTarget Target(string name) => FuzzTargets.Named([name]).Single();
}
