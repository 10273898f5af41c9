using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Networks;
using VirtNet.Services.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Leases;

/// <summary>What other hosts have in a network, beside the leases of this one.</summary>
public class HeldLeasesTests
{
    private const string Mac1 = "52:54:00:00:00:01";
    private const string Mac2 = "52:54:00:00:00:02";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly NetworkLeases _leases;

    public HeldLeasesTests() => _leases = new NetworkLeases(TestLease.Network, _clock);

    private DateTimeOffset InAnHour => _clock.GetUtcNow() + Hour;

    [Fact]
    public void Guests_of_other_hosts_have_names_until_they_are_gone_and_those_of_this_host_come_first()
    {
        Tell(Of("10.0.0.1", Mac1, "web"));
        Assert.Equal("10.0.0.1", Find("WEB"));
        Assert.Equal("web", _leases.FindName(IPAddress.Parse("10.0.0.1")));
        Assert.True(_leases.HasNames);
        _clock.Advance(Hour + Hour);
        Assert.Equal("10.0.0.1", Find("web")); // whether it was prolonged is the other host's to know

        _leases.Put(TestLease.Of("10.0.0.2", Mac2, InAnHour, "web"), Hour);
        Assert.Equal("10.0.0.2", Find("web"));
        _leases.Apply(new HeldLeasesUpdate("h1", IsAll: true, [], []));
        Assert.Null(_leases.FindName(IPAddress.Parse("10.0.0.1")));
    }

    [Fact]
    public void A_lease_ends_here_when_its_client_is_said_to_be_elsewhere_unless_it_was_prolonged_since()
    {
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour), Hour);
        Tell(Of("10.0.0.1", Mac1) with { Replaces = new Replaced(InAnHour - TimeSpan.FromMinutes(1)) });
        Assert.Equal(1, _leases.Count);

        Tell(Of("10.0.0.1", Mac2) with { Replaces = new Replaced(InAnHour) }); // two clients: each host keeps its own
        Assert.Equal(1, _leases.Count);

        Tell(Of("10.0.0.1", Mac1) with { Replaces = new Replaced(InAnHour) });
        Assert.Equal(0, _leases.Count);
        Assert.Equal("h2", _leases.FindHeld(Key("10.0.0.1"))?.Host);
    }

    [Fact]
    public void What_is_held_survives_a_restart_as_rows_and_ends_with_the_sharing()
    {
        Tell(Of("10.0.0.1", Mac1, "web"));
        Lease own = TestLease.Of("10.0.0.2", Mac2, InAnHour, "db");
        _leases.Put(own, Hour);
        _leases.Remove(own);
        NetworkLeases restarted = new(TestLease.Network, _clock);
        foreach (LeaseRow row in _leases.Rows())
        {
            restarted.Restore(row, _clock.GetUtcNow());
        }

        Assert.Equal("h1", restarted.SharedAs);
        Assert.Equal(0, restarted.Count);
        Assert.Equal([null, "h2"], restarted.HeldSnapshot().Leases.Select(held => held.Host).Order());
        Assert.Equal("web", restarted.FindName(IPAddress.Parse("10.0.0.1")));
        Assert.Null(restarted.FindName(own.Address));

        restarted.Apply(new HeldLeasesUpdate(Host: null, IsAll: true, [], []));
        Assert.Empty(restarted.Rows());
        restarted.Put(own, Hour);
        restarted.Remove(own);
        Assert.Empty(restarted.Rows());
    }

    [Fact]
    public void All_that_is_told_replaces_what_was_told_but_not_what_this_host_keeps_for_itself()
    {
        Tell(Of("10.0.0.1", Mac1));
        Lease own = TestLease.Of("10.0.0.2", Mac2, InAnHour);
        _leases.Put(own, Hour);
        _leases.Remove(own);
        _leases.Apply(new HeldLeasesUpdate("h1", IsAll: true, [Of("10.0.0.3", Mac1)], []));
        Assert.Equal(["10.0.0.2", "10.0.0.3"], _leases.HeldSnapshot().Leases.Select(held => held.Lease.Address.ToString()).Order());
        Assert.Equal("10.0.0.3", _leases.FindHeldOf(MacAddress.Parse(Mac1), clientId: null)?.Lease.Address.ToString());
        Assert.True(_leases.IsHeldForOther(Key("10.0.0.2"), MacAddress.Parse(Mac1), clientId: null));
        Assert.False(_leases.IsHeldForOther(Key("10.0.0.2"), MacAddress.Parse(Mac2), clientId: null));
    }

    [Fact]
    public void What_cannot_be_of_the_network_is_left_out_and_names_that_are_others_are_not_taken_over()
    {
        HeldLeasesUpdate sifted = SharedLeaseCheck.Sift(TestNetwork.Definition, new HeldLeasesUpdate(
            "h1", IsAll: true,
            [
                Of("10.77.0.50", Mac1, "web"), Of("10.77.0.51", Mac1, "wpad"), Of("10.77.0.52", Mac1, "bymac"), Of("10.77.0.53", Mac1, "a.b"),
                Of("10.77.0.1", Mac1), Of("192.0.2.1", Mac1),
            ],
            []));
        Assert.Equal(
            [("10.77.0.50", "web"), ("10.77.0.51", null), ("10.77.0.52", null), ("10.77.0.53", null)],
            sifted.Put.Select(held => (held.Lease.Address.ToString(), held.Lease.HostName)));
    }

    private static AddressKey Key(string address) => AddressKey.Of(IPAddress.Parse(address));

    private HeldLease Of(string address, string mac, string? name = null) => new(TestLease.Of(address, mac, InAnHour, name), "h2");

    private void Tell(params HeldLease[] put) => _leases.Apply(new HeldLeasesUpdate("h1", IsAll: false, put, []));

    private string? Find(string name) => _leases.FindAddress(name, AddressFamily.InterNetwork)?.ToString();
}
