using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Leases;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>A network of which other hosts give out other addresses: this one has 10.77.0.10 to .180, .185 is another's.</summary>
public class Dhcp4SharedNetworkTests
{
    private const string Theirs = "10.77.0.185";

    private static readonly Dhcp4Request Client = new() { Type = Dhcp4MessageType.Request, Mac = "52:54:00:c0:00:01" };
    private static readonly Dhcp4Request Other = Client with { Mac = "52:54:00:c0:00:02" };

    private readonly DecisionBench _bench = new();

    public Dhcp4SharedNetworkTests() => _bench.Leases.Apply(new HeldLeasesUpdate("h1", IsAll: true, [], []));

    [Fact]
    public void An_address_that_nobody_knows_is_neither_given_nor_refused()
    {
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.OtherHost), _bench.Decide(Client with { RequestedAddress = Theirs }));
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.OtherHost), _bench.Decide(Client with { ClientAddress = Theirs }));
        Assert.Equal(new Dhcp4Decision.Refuse("wrong network"), _bench.Decide(Client with { RequestedAddress = "192.0.2.55" }));
        Assert.IsType<Dhcp4Decision.Acknowledge>(_bench.Decide(Client with { RequestedAddress = "10.77.0.20" }));
    }

    [Fact]
    public void A_client_that_comes_from_another_host_keeps_its_address_and_nobody_else_gets_it()
    {
        Tell(Theirs, Client, TimeSpan.FromMinutes(30), "web");
        Assert.Equal(new Dhcp4Decision.Refuse("address not available"), _bench.Decide(Other with { RequestedAddress = Theirs }));
        Assert.Equal(Theirs, Subnet.FromUInt32(_bench.Discover(Client).Address).ToString());

        // Until all know that it is this host's, only for as long as the other host is known to hold it.
        Dhcp4Decision.Acknowledge ack = Acknowledged(Client with { RequestedAddress = Theirs });
        Assert.Equal((1800u, "web"), (ack.Seconds, ack.Lease.HostName));
        _bench.Leases.Apply(new HeldLeasesUpdate("h1", IsAll: false, [], [IPAddress.Parse(Theirs)]));
        Assert.Equal(3600u, Acknowledged(Client with { ClientAddress = Theirs }).Seconds);
        Assert.Equal(Theirs, Subnet.FromUInt32(_bench.Discover(Client).Address).ToString());
    }

    [Fact]
    public void What_may_have_been_prolonged_elsewhere_is_given_for_a_moment_and_only_by_who_follows_the_others()
    {
        Tell(Theirs, Client, TimeSpan.FromMinutes(-5));
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.OtherHost), _bench.Decide(Client with { RequestedAddress = Theirs }));
        Assert.NotEqual(Theirs, Subnet.FromUInt32(_bench.Discover(Client).Address).ToString());

        SharingLink link = new(_bench.Clock);
        link.Keep(TimeSpan.FromSeconds(10));
        NetworkLeases leases = new(TestLease.Network, _bench.Clock, link);
        Assert.True(leases.IsLinked);
        _bench.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(leases.IsLinked);
    }

    [Fact]
    public void An_address_that_had_a_lease_is_given_to_nobody_else_until_all_know_that_it_ended()
    {
        Lease ended = _bench.LeaseOf(Client, "10.77.0.20");
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(new Dhcp4Decision.Refuse("address in use"), _bench.Decide(Other with { RequestedAddress = "10.77.0.20" }));
        Assert.Equal(0, _bench.Leases.Count);
        Assert.Equal(ended.Address, _bench.LeaseOf(Client, "10.77.0.20").Address); // its own client may come back

        _bench.Clock.Advance(TimeSpan.FromHours(2));
        _bench.Restart();
        Assert.Equal(new Dhcp4Decision.Refuse("address in use"), _bench.Decide(Other with { RequestedAddress = "10.77.0.20" }));
        _bench.Leases.Apply(new HeldLeasesUpdate("h1", IsAll: false, [], [ended.Address]));
        Assert.Equal(ended.Address, _bench.LeaseOf(Other, "10.77.0.20").Address);
    }

    [Fact]
    public void When_all_addresses_are_held_a_new_client_gets_none_of_them()
    {
        DecisionBench bench = new(TestNetwork.With(TestNetwork.Address with
        {
            Ranges = [new DhcpRange(IPAddress.Parse("10.77.0.10"), IPAddress.Parse("10.77.0.11"))],
        }));
        bench.Leases.Apply(new HeldLeasesUpdate("h1", IsAll: true, [], []));
        Assert.NotNull(bench.Dora(Client));
        bench.Leases.Apply(new HeldLeasesUpdate(
            "h1", IsAll: false, [Held("10.77.0.10", Client), Held("10.77.0.11", Client with { Mac = "52:54:00:c0:00:09" })], []));
        Assert.IsType<Dhcp4Decision.Ignore>(bench.Decide(Other with { Type = Dhcp4MessageType.Discover }));
        Assert.NotNull(bench.Dora(Client));
    }

    private void Tell(string address, Dhcp4Request client, TimeSpan left, string? name = null) => _bench.Leases.Apply(
        new HeldLeasesUpdate("h1", IsAll: false, [new HeldLease(TestLease.Of(address, client.Mac, _bench.Clock.GetUtcNow() + left, name), "h2")], []));

    private HeldLease Held(string address, Dhcp4Request client) =>
        new(TestLease.Of(address, client.Mac, _bench.Clock.GetUtcNow() + TimeSpan.FromHours(1)), "h2");

    private Dhcp4Decision.Acknowledge Acknowledged(Dhcp4Request request) =>
        Assert.IsType<Dhcp4Decision.Acknowledge>(_bench.Decide(request));
}
