using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>REQUEST in its four states, with the texts of the refusals.</summary>
public class Dhcp4RequestStatesTests
{
    private const string Reserved = "52:54:00:77:00:01";

    private static readonly Dhcp4Request Client = new() { Type = Dhcp4MessageType.Request, Mac = "52:54:00:c0:00:01" };
    private static readonly Dhcp4Request Other = Client with { Mac = "52:54:00:c0:00:02" };

    private readonly DecisionBench _bench = new();

    [Theory]
    [InlineData("192.0.2.55", "wrong network")]
    [InlineData("10.77.0.185", "address not available")]
    [InlineData("10.77.0.1", "address not available")]
    [InlineData("10.77.0.201", "address not available")]
    [InlineData("10.77.0.100", "address reserved")]
    public void After_a_reboot_a_stranger_is_refused(string address, string text) =>
        Refused(text, Client with { RequestedAddress = address });

    [Fact]
    public void After_a_reboot_a_lost_lease_of_a_free_address_is_given_again()
    {
        Dhcp4Decision.Acknowledge ack = Acknowledged(Client with { RequestedAddress = "10.77.0.20" });
        Assert.True(ack.IsNew);
        Assert.False(ack.Renews);
        Assert.False(Acknowledged(Client with { RequestedAddress = "10.77.0.20" }).IsNew);
    }

    [Fact]
    public void After_a_reboot_an_address_of_another_client_is_refused()
    {
        _bench.LeaseOf(Other, "10.77.0.20");
        Refused("address in use", Client with { RequestedAddress = "10.77.0.20" });
    }

    [Fact]
    public void After_a_reboot_a_client_that_has_another_lease_is_refused()
    {
        _bench.LeaseOf(Client, "10.77.0.20");
        Refused("wrong address", Client with { RequestedAddress = "10.77.0.21" });
        Refused("wrong address", Client with { RequestedAddress = "192.0.2.1" });
    }

    [Fact]
    public void An_address_of_zero_is_one_to_refuse_and_no_renewal()
    {
        Refused("wrong network", Client with { RequestedAddress = "0.0.0.0" });
        Refused("wrong network", Client with { RequestedAddress = "0.0.0.0", ServerId = "10.77.0.1" });
        _bench.LeaseOf(Client, "10.77.0.20");
        Refused("wrong address", Client with { RequestedAddress = "0.0.0.0" });
        Refused("wrong address", Client with { RequestedAddress = "0.0.0.0", ClientAddress = "10.77.0.20" });
        Refused("wrong network", Client with { RequestedAddress = "0.0.0.0", ServerId = "10.77.0.1" });
        Refused("wrong server-ID", Client with { RequestedAddress = "0.0.0.0", ServerId = "10.77.0.9" });
        Assert.Equal(1, _bench.Leases.Count);
    }

    [Fact]
    public void A_reserved_client_gets_no_other_address_without_discovering_it()
    {
        Refused("static lease available", Client with { Mac = Reserved, RequestedAddress = "10.77.0.20" });
        Assert.False(Acknowledged(Client with { Mac = Reserved, RequestedAddress = "10.77.0.201" }).IsNew);
    }

    [Fact]
    public void A_reserved_client_whose_address_somebody_has_may_keep_another()
    {
        DecisionBench bench = new(TestNetwork.With(TestNetwork.Address with { Hosts = [] }));
        bench.LeaseOf(Other, "10.77.0.100");
        bench.Change(TestNetwork.Definition);
        Dhcp4Request client = Client with { Mac = "52:54:00:77:00:07" };
        Assert.IsType<Dhcp4Decision.Acknowledge>(bench.Decide(client with { RequestedAddress = "10.77.0.20" }));
    }

    [Fact]
    public void A_client_that_chose_another_server_is_told_that_there_is_none() =>
        Refused("wrong server-ID", Client with { RequestedAddress = "10.77.0.20", ServerId = "10.77.0.99" });

    [Fact]
    public void A_selected_address_takes_the_place_of_the_old_lease()
    {
        _bench.LeaseOf(Client, "10.77.0.20");
        Acknowledged(Client with { RequestedAddress = "10.77.0.21", ServerId = "10.77.0.1" });
        Assert.Equal("10.77.0.21", Assert.Single(_bench.Leases.Rows()).Lease.Address.ToString());
    }

    [Fact]
    public void A_selected_address_that_another_took_meanwhile_is_refused()
    {
        _bench.LeaseOf(Other, "10.77.0.20");
        Refused("address in use", Client with { RequestedAddress = "10.77.0.20", ServerId = "10.77.0.1" });
    }

    [Fact]
    public void A_selected_address_that_somebody_answered_for_meanwhile_is_refused()
    {
        Assert.True(_bench.Bindings.TryBlock(0x0a4d0014, VirtNet.Model.MacAddress.Parse("52:54:00:99:99:99"), default));
        Refused("address in use", Client with { RequestedAddress = "10.77.0.20", ServerId = "10.77.0.1" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_renewal_extends_the_lease(bool unicast)
    {
        Lease before = _bench.LeaseOf(Client, "10.77.0.20");
        _bench.Clock.Advance(TimeSpan.FromMinutes(30));
        Dhcp4Decision.Acknowledge ack = Assert.IsType<Dhcp4Decision.Acknowledge>(
            _bench.Decide(Client with { ClientAddress = "10.77.0.20" }, unicast));
        Assert.True(ack.Renews);
        Assert.Equal(before.Expires + TimeSpan.FromMinutes(30), ack.Lease.Expires);
        Assert.Equal(1, _bench.Leases.Count);
    }

    [Fact]
    public void A_renewal_of_a_lost_lease_is_granted_where_the_address_is_free()
    {
        Assert.True(Acknowledged(Client with { ClientAddress = "10.77.0.20" }).IsNew);
        Refused("address not available", Other with { ClientAddress = "10.77.0.250" });
        Refused("address in use", Other with { ClientAddress = "10.77.0.20" });
        Refused("wrong network", Other with { ClientAddress = "192.0.2.1" });
        Refused("wrong network", Other);
    }

    [Fact]
    public void A_renewal_of_another_address_than_the_leased_one_is_refused_only_if_it_was_meant_for_us()
    {
        _bench.LeaseOf(Client, "10.77.0.20");
        Dhcp4Request renewal = Client with { ClientAddress = "10.77.0.21" };
        Assert.Equal(new Dhcp4Decision.Refuse("lease not found"), _bench.Decide(renewal, unicast: true));
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.OtherLease), _bench.Decide(renewal));
    }

    [Fact]
    public void A_changed_reservation_is_in_force_at_the_next_renewal()
    {
        Dhcp4Request client = Client with { Mac = Reserved };
        _bench.LeaseOf(client, "10.77.0.201");
        _bench.Change(TestNetwork.With(TestNetwork.Address with
        {
            Hosts = [new VirtNet.Model.DhcpHost(Reserved, null, "bymac", System.Net.IPAddress.Parse("10.77.0.222"))],
        }));
        Refused("address not available", client with { ClientAddress = "10.77.0.201" });
        Refused("address not available", client with { RequestedAddress = "10.77.0.201" });
        Assert.Equal("10.77.0.222", _bench.Dora(client).Address.ToString());
        Assert.Equal(1, _bench.Leases.Count);
    }

    [Fact]
    public void A_client_that_got_a_reservation_is_sent_to_it_at_its_next_renewal()
    {
        _bench.LeaseOf(Client, "10.77.0.20");
        _bench.Change(TestNetwork.With(TestNetwork.Address with
        {
            Hosts = [new VirtNet.Model.DhcpHost(Client.Mac, null, null, System.Net.IPAddress.Parse("10.77.0.222"))],
        }));
        Refused("static lease available", Client with { ClientAddress = "10.77.0.20" });
    }

    [Fact]
    public void A_reservation_taken_away_or_given_to_another_ends_a_renewal()
    {
        Dhcp4Request client = Client with { Mac = "52:54:00:77:00:07" };
        _bench.LeaseOf(client, "10.77.0.100");
        _bench.Change(TestNetwork.With(TestNetwork.Address with
        {
            Hosts = [new VirtNet.Model.DhcpHost(Other.Mac, null, null, System.Net.IPAddress.Parse("10.77.0.100"))],
        }));
        Refused("address reserved", client with { ClientAddress = "10.77.0.100" });
        Assert.NotEqual("10.77.0.100", _bench.Dora(client).Address.ToString());
        Assert.Equal("10.77.0.100", _bench.Dora(Other).Address.ToString());
    }

    private void Refused(string text, Dhcp4Request request) =>
        Assert.Equal(new Dhcp4Decision.Refuse(text), _bench.Decide(request, unicast: true));

    private Dhcp4Decision.Acknowledge Acknowledged(Dhcp4Request request) =>
        Assert.IsType<Dhcp4Decision.Acknowledge>(_bench.Decide(request, unicast: true));
}
