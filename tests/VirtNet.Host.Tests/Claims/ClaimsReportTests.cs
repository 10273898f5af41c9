using VirtNet.Host.Claims;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Tests.Claims;

public sealed class ClaimsReportTests : IDisposable
{
    private static readonly NetworkDefinition Lab = Named("lab0");

    private readonly string _root = Directory.CreateTempSubdirectory("claims-").FullName;
    private readonly ConditionBoard _board = new();
    private readonly ListLogger _log = new();
    private readonly ClaimsReport _report;

    public ClaimsReportTests()
    {
        _report = new ClaimsReport(new LinkClaims(_root), _board, _log);
        Directory.CreateDirectory(Path.Combine(_root, "run/systemd/units"));
        File.CreateSymbolicLink(Path.Combine(_root, "run/systemd/units/invocation:systemd-networkd.service"), "0123456789abcdef");
        Directory.CreateDirectory(Path.Combine(_root, "etc/systemd/network"));
        File.WriteAllText(Path.Combine(_root, "etc/systemd/network/50-lab.network"), "[Match]\nName=lab*\n");
    }

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Who_claims_a_bridge_is_told_once_while_it_has_that_name()
    {
        _report.Tell(Lab);
        _report.Tell(Lab);
        Assert.StartsWith("systemd-networkd takes lab0", Assert.Single(_board.Of(TestNetworks.Uuid)).Text, StringComparison.Ordinal);
        Assert.Single(_log.Lines);

        _report.Tell(Named("lab1"));
        Assert.StartsWith("systemd-networkd takes lab1", Assert.Single(_board.Of(TestNetworks.Uuid)).Text, StringComparison.Ordinal);
        _report.Tell(Named("virbr1"));
        Assert.Empty(_board.Of(TestNetworks.Uuid));
    }

    [Fact]
    public void A_network_that_ends_takes_what_was_told_along()
    {
        _report.Tell(Lab);
        _report.Forget(TestNetworks.Uuid);
        Assert.Empty(_board.Of(TestNetworks.Uuid));
        _report.Tell(Lab);
        Assert.Single(_board.Of(TestNetworks.Uuid));
    }

    [Fact]
    public void A_bridge_of_the_host_is_the_hosts_business()
    {
        _report.Tell(Lab with { Forward = new Forward(ForwardMode.Bridge) });
        Assert.Empty(_board.Of(TestNetworks.Uuid));
    }

    private static NetworkDefinition Named(string bridge) => TestNetworks.Default with { Bridge = new Bridge { Name = bridge } };
}
