using VirtNet.Host.Neighbours;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Tests.Neighbours;

public sealed class CutOffReportTests : IDisposable
{
    private static readonly IReadOnlyList<RuleTable> Dropping =
        Recorded.Rule("inet", "corp", "forward", "drop", """{"counter": {"packets": 0, "bytes": 0}}""");

    private readonly ConditionBoard _board = new();
    private readonly ListLogger _log = new();
    private readonly CutOffReport _report;

    public CutOffReportTests() => _report = new CutOffReport(_board, _log);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void One_cause_is_one_line_however_many_networks_it_concerns_and_whenever_they_come()
    {
        GuestNetwork[] networks = [.. Enumerable.Range(0, 7).Select(i => Recorded.Network(bridge: $"virbr{i}"))];
        Tell(networks, cutOff: true);
        GuestNetwork late = Recorded.Network(bridge: "late");
        Tell([late], cutOff: true);
        Assert.Contains("virbr4-net and 2 more", Assert.Single(_log.Told), StringComparison.Ordinal);
        Assert.Single(_board.Of(late.Uuid));

        // Over for one, and for all others later.
        Tell([late], cutOff: false);
        Assert.Empty(_board.Of(late.Uuid));
        Assert.Single(_log.Told);
        Tell(networks, cutOff: false);
        Assert.Equal(2, _log.Told.Count());
        Assert.StartsWith("Information: Not cut off any more: networks virbr0-net", _log.Told.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_ends_takes_its_conditions_along_and_a_cause_that_comes_back_is_said_again()
    {
        GuestNetwork network = Recorded.Network();
        Tell([network], cutOff: true);
        _report.Forget(network.Uuid);
        Assert.Empty(_board.Of(network.Uuid));
        Assert.Single(_log.Told);
        Tell([network], cutOff: true);
        Assert.Equal(2, _log.Told.Count());
    }

    [Fact(Timeout = 60_000)]
    public async Task Many_networks_that_come_and_go_one_by_one_cost_little_each()
    {
        await Task.Yield();
        GuestNetwork[] networks = [.. Enumerable.Range(0, 20_000).Select(i => Recorded.Network(bridge: $"b{i}"))];
        CutOff cutOff = Recorded.CutOffs(Dropping, networks[0])[0];
        long began = TimeProvider.System.GetTimestamp();
        foreach (GuestNetwork network in networks)
        {
            _report.Tell(new Dictionary<Guid, CutOff[]> { [network.Uuid] = [cutOff with { Network = network }] });
        }

        foreach (GuestNetwork network in networks)
        {
            _report.Forget(network.Uuid);
        }

        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "it takes longer, the more networks there are");
        Assert.Single(_log.Told);
    }

    private void Tell(IEnumerable<GuestNetwork> networks, bool cutOff) => _report.Tell(
        networks.ToDictionary(network => network.Uuid, network => cutOff ? Recorded.CutOffs(Dropping, network) : []));
}
