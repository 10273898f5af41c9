using VirtNet.Host.Link;
using VirtNet.Host.Reconcile;
using VirtNet.Host.Watch;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Tests.Watch;

public sealed class RepairReportTests : IDisposable
{
    private static readonly HostFailure Failure = new(new BridgeUp("virbr0"), "internal error: no");

    private readonly ConditionBoard _board = new();
    private readonly ListLogger _log = new();
    private readonly RepairReport _report;

    public RepairReportTests() => _report = new RepairReport(_board, _log);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void What_cannot_be_repaired_is_on_the_board_while_it_lasts_and_in_the_log_once()
    {
        _report.Tell(TestNetworks.Default, [Failure]);
        _report.Tell(TestNetworks.Default, [Failure]);
        Assert.Equal("link virbr0 up could not be put back: no", Assert.Single(_board.Of(TestNetworks.Uuid)).Text);
        Assert.Single(_log.Lines);

        _report.Tell(TestNetworks.Default, []);
        Assert.Empty(_board.Of(TestNetworks.Uuid));
        _report.Tell(TestNetworks.Default, [Failure]);
        Assert.Equal(2, _log.Lines.Count);
        _report.Forget(TestNetworks.Uuid);
        Assert.Empty(_board.Of(TestNetworks.Uuid));
    }

    [Fact]
    public void What_somebody_took_off_the_board_is_told_again()
    {
        _report.Tell(TestNetworks.Default, [Failure]);
        _board.Forget(TestNetworks.Uuid);
        _report.Tell(TestNetworks.Default, [Failure]);
        Assert.Single(_board.Of(TestNetworks.Uuid));
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public void Without_a_failure_nothing_is_said()
    {
        _report.Tell(TestNetworks.Default, []);
        Assert.Empty(_log.Lines);
    }
}
