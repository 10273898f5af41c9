using VirtNet.Fuzz.Engine;

namespace VirtNet.Fuzz.Tests;

/// <summary>A fuzzer that finds nothing proves nothing: this one finds what was put there.</summary>
public sealed class FuzzSessionTests
{
    [Fact]
    public void A_failure_is_found_and_its_input_made_as_short_as_it_can_be()
    {
        FuzzReport report = Run(new Buggy(), 20_000);
        Finding finding = Assert.Single(report.Findings);
        Assert.Contains("seven and an end", finding.Failure, StringComparison.Ordinal);
        Assert.Equal([7, 0], finding.Input);
    }

    [Fact]
    public void An_input_that_allocates_too_much_is_a_finding()
    {
        FuzzReport report = Run(new Wasteful(), 1000);
        Assert.Contains("may allocate 100", Assert.Single(report.Findings).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_is_cut_off_at_every_octet()
    {
        Recorder recorder = new();
        Run(recorder, 10);
        Assert.Equal(["", "01", "0102", "010203"], recorder.Seen.Distinct().Take(4).Order());
    }

    private static FuzzReport Run(FuzzTarget target, long executions) =>
        new FuzzSession(target, seed: 1, coverage: null).Run([], executions, TimeSpan.MaxValue);

    private abstract class Target : FuzzTarget
    {
        public override string Name => "test";

        public override IEnumerable<byte[]> Seeds => [[1, 2, 3]];

        public override long AllocationBound(int length) => 100;
    }

    private sealed class Buggy : Target
    {
        public override void Decode(ReadOnlySpan<byte> input)
        {
            int seven = input.IndexOf((byte)7);
            Require.That(seven < 0 || !input[seven..].Contains((byte)0), "seven and an end");
        }
    }

    private sealed class Wasteful : Target
    {
        private byte[] _kept = [];

        public override void Decode(ReadOnlySpan<byte> input) => _kept = input.Length > 3 ? new byte[200] : _kept;
    }

    private sealed class Recorder : Target
    {
        public List<string> Seen { get; } = [];

        public override long AllocationBound(int length) => 1000;

        public override void Decode(ReadOnlySpan<byte> input) => Seen.Add(Convert.ToHexString(input));
    }
}
