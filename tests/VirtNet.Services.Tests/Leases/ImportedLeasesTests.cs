using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Tests.Leases;

public class ImportedLeasesTests
{
    private const string Mac1 = "52:54:00:00:00:01";
    private const string Mac2 = "52:54:00:00:00:02";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly NetworkLeases _leases;

    public ImportedLeasesTests() => _leases = new NetworkLeases(TestLease.Network, _clock);

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public void A_lease_keeps_its_end_also_after_a_restart()
    {
        Lease lease = TestLease.Of("10.0.0.1", Mac1, Now + (5 * Hour), "web");
        Assert.Equal(1, _leases.Import([lease], Now));
        NetworkLeases restarted = new(TestLease.Network, _clock);
        restarted.Restore(Assert.Single(_leases.Rows()), Now);
        Assert.Equal(lease, Assert.Single(restarted.Snapshot(Now)));
    }

    [Fact]
    public void Leases_without_an_end_have_none_and_those_that_ended_are_passed_over()
    {
        Lease infinite = TestLease.Of("10.0.0.1", Mac1, expires: null);
        Assert.Equal(1, _leases.Import([infinite, TestLease.Of("10.0.0.2", Mac2, Now)], Now));
        Assert.Equal(infinite, Assert.Single(_leases.Snapshot(Now)));
        Assert.Null(Assert.Single(_leases.Rows()).Duration);
    }

    [Fact]
    public void A_second_import_finds_nothing_new_but_a_later_end()
    {
        Lease lease = TestLease.Of("10.0.0.1", Mac1, Now + Hour, "web");
        Assert.Equal(1, _leases.Import([lease], Now));
        Assert.Equal(0, _leases.Import([lease], Now));
        Assert.Equal(1, _leases.Import([lease with { Expires = Now + (2 * Hour) }], Now));
        Assert.Equal(0, _leases.Import([lease], Now));
        Assert.Equal(Now + (2 * Hour), Assert.Single(_leases.Snapshot(Now)).Expires);
    }

    [Fact]
    public void An_address_that_another_client_has_here_stays_its_own()
    {
        Lease here = TestLease.Of("10.0.0.1", Mac1, Now + Hour);
        _leases.Put(here, Hour);
        Assert.Equal(0, _leases.Import([TestLease.Of("10.0.0.1", Mac2, Now + (2 * Hour))], Now));
        Assert.Equal(here, Assert.Single(_leases.Snapshot(Now)));
    }
}
