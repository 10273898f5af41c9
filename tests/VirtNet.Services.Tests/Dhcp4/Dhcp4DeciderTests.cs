using CsCheck;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>Which address, for how long, under which name.</summary>
public class Dhcp4DeciderTests
{
    private static readonly Dhcp4Request Client = new() { Mac = "52:54:00:c0:00:01" };
    private static readonly Dhcp4Request Other = new() { Mac = "52:54:00:c0:00:02" };

    private readonly DecisionBench _bench = new();

    [Fact]
    public void A_new_client_is_offered_an_address_of_the_first_range_and_the_same_again()
    {
        Dhcp4Decision.Offer offer = _bench.Discover(Client);
        Assert.InRange(offer.Address, Number("10.77.0.10"), Number("10.77.0.180"));
        Assert.Equal(3600u, offer.Seconds);
        Assert.True(offer.IsNew);
        Assert.Equal(offer, _bench.Discover(Client));
    }

    [Fact]
    public void Clients_are_offered_the_addresses_that_dnsmasq_would_choose() =>
        // Measured with dnsmasq 2.90, range 10.77.0.10 to 10.77.0.180.
        Assert.Equal(DnsmasqChoice, Text(_bench.Discover(new Dhcp4Request { Mac = "52:54:00:c0:00:01" }).Address));

    [Fact]
    public void An_address_that_was_offered_is_not_offered_to_others()
    {
        HashSet<uint> offered = [];
        for (int i = 0; i < 150; i++)
        {
            Assert.True(offered.Add(_bench.Discover(Client with { Mac = $"52:54:00:c1:00:{i:x2}" }).Address));
        }
    }

    [Fact]
    public void A_client_keeps_its_address_over_a_release_and_over_the_end_of_its_lease()
    {
        Lease lease = _bench.Dora(Client);
        Assert.IsType<Dhcp4Decision.Release>(_bench.Decide(Release(Client, lease)));
        Assert.Equal(lease.Address, _bench.Dora(Client).Address);
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(lease.Address, _bench.Dora(Client).Address);
    }

    [Fact]
    public void A_wish_is_granted_where_the_address_is_free_and_in_a_range()
    {
        Assert.Equal("10.77.0.195", Text(_bench.Discover(Client with { RequestedAddress = "10.77.0.195" }).Address));
        Assert.NotEqual("10.77.0.195", Text(_bench.Discover(Other with { RequestedAddress = "10.77.0.195" }).Address));
        foreach (string wish in (string[])["10.77.0.1", "10.77.0.185", "10.77.0.100", "10.77.0.201", "192.0.2.1", "10.77.0.255"])
        {
            Assert.NotEqual(wish, Text(_bench.Discover(Other with { RequestedAddress = wish }).Address));
        }
    }

    [Fact]
    public void A_range_has_its_own_lease_time()
    {
        Assert.Equal(300u, _bench.Discover(Client with { RequestedAddress = "10.77.0.195" }).Seconds);
        Assert.Equal(300u, _bench.Discover(Client with { RequestedAddress = "10.77.0.195", LeaseTime = 600 }).Seconds);
    }

    [Theory]
    [InlineData(null, 3600)]
    [InlineData(600u, 600)]
    [InlineData(60u, 120)]
    [InlineData(0u, 120)]
    [InlineData(86400u, 3600)]
    [InlineData(uint.MaxValue, 3600)]
    public void A_client_may_ask_for_less_time_but_not_for_more(uint? asked, uint given) =>
        Assert.Equal(given, _bench.Discover(Client with { LeaseTime = asked }).Seconds);

    [Theory]
    [InlineData("52:54:00:77:00:01", "10.77.0.201", 3600)]
    [InlineData("52:54:00:77:00:04", "10.77.0.204", 7200)]
    [InlineData("52:54:00:77:00:05", "10.77.0.205", uint.MaxValue)]
    [InlineData("52:54:00:77:00:07", "10.77.0.100", 3600)]
    public void A_reserved_client_gets_its_address_and_time_whatever_id_it_has(string mac, string address, uint seconds)
    {
        Dhcp4Decision.Offer offer = _bench.Discover(Client with { Mac = mac, ClientId = [0, 1, 2] });
        Assert.Equal(address, Text(offer.Address));
        Assert.Equal(seconds, offer.Seconds);
        Assert.False(offer.IsNew);
        Lease lease = _bench.Dora(Client with { Mac = mac });
        Assert.Equal(address, lease.Address.ToString());
        Assert.Equal(seconds == uint.MaxValue, lease.Expires is null);
    }

    [Fact]
    public void An_infinite_reservation_can_be_asked_for_less() =>
        Assert.Equal(600u, _bench.Discover(Client with { Mac = "52:54:00:77:00:05", LeaseTime = 600 }).Seconds);

    [Fact]
    public void A_reservation_outside_the_subnet_is_none() =>
        Assert.InRange(
            _bench.Discover(Client with { Mac = "52:54:00:77:00:0c" }).Address, Number("10.77.0.10"), Number("10.77.0.180"));

    [Fact]
    public void A_name_only_reservation_is_for_whoever_says_the_name_first()
    {
        Dhcp4Request named = Client with { HostName = "ByName" };
        Assert.Equal("10.77.0.202", _bench.Dora(named).Address.ToString());
        Assert.NotEqual("10.77.0.202", Text(_bench.Discover(Other with { HostName = "byname" }).Address));
    }

    [Fact]
    public void The_name_of_a_mac_reservation_does_not_give_its_address_to_another_mac() =>
        Assert.NotEqual("10.77.0.201", Text(_bench.Discover(Client with { HostName = "bymac" }).Address));

    [Fact]
    public void A_reserved_machine_that_comes_back_with_another_client_id_takes_its_address_over()
    {
        Dhcp4Request first = Client with { Mac = "52:54:00:77:00:01", ClientId = [1, 1] };
        Dhcp4Request second = first with { ClientId = [2, 2] };
        Assert.Equal("10.77.0.201", _bench.Dora(first).Address.ToString());
        Assert.Equal("10.77.0.201", _bench.Dora(second).Address.ToString());
        Assert.Equal(1, _bench.Leases.Count);
    }

    [Fact]
    public void Two_client_ids_of_one_mac_are_two_clients_and_one_id_is_one()
    {
        Lease one = _bench.Dora(Client with { ClientId = [0xff, 1] });
        Lease two = _bench.Dora(Client with { ClientId = [0xff, 2] });
        Assert.NotEqual(one.Address, two.Address);
        Assert.Equal(one.Address, _bench.Dora(Other with { ClientId = [0xff, 1] }).Address);
        Assert.Equal("ff:01", one.ClientId);
    }

    [Fact]
    public void Without_a_range_only_reserved_clients_are_answered()
    {
        DecisionBench bench = new(TestNetwork.With(TestNetwork.Address with { Ranges = [] }));
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.Exhausted), bench.Decide(Client));
        Assert.Equal("10.77.0.204", Text(bench.Discover(Client with { Mac = "52:54:00:77:00:04" }).Address));
    }

    [Fact]
    public void A_full_pool_is_silent_until_somebody_leaves_and_still_renews()
    {
        DecisionBench bench = new(TestNetwork.With(TestNetwork.Address with
        {
            Ranges = [new DhcpRange(System.Net.IPAddress.Parse("10.77.0.10"), System.Net.IPAddress.Parse("10.77.0.12"))],
        }));
        Lease[] leases = [.. Enumerable.Range(1, 3).Select(i => bench.Dora(Client with { Mac = $"52:54:00:c2:00:0{i}" }))];
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.Exhausted), bench.Decide(Other));
        Assert.IsType<Dhcp4Decision.Acknowledge>(bench.Decide(
            Client with { Mac = "52:54:00:c2:00:01", Type = Dhcp4MessageType.Request, ClientAddress = $"{leases[0].Address}" }));
        bench.Decide(Release(Client with { Mac = "52:54:00:c2:00:02" }, leases[1]));
        Assert.Equal(leases[1].Address.ToString(), Text(bench.Discover(Other).Address));
    }

    [Fact]
    public void Offers_to_clients_that_never_come_back_keep_nobody_out()
    {
        for (int i = 0; i < 2000; i++)
        {
            _bench.Discover(Client with { Mac = $"52:54:01:00:{i >> 8:x2}:{i & 255:x2}" });
        }

        Assert.Equal(Text(_bench.Discover(Other).Address), _bench.Dora(Other).Address.ToString());
        Assert.InRange(_bench.Bindings.OfferCount, 1, 181);
    }

    [Fact]
    public void An_address_declined_is_left_alone_for_a_while()
    {
        Lease lease = _bench.Dora(Client);
        Dhcp4Request decline = Client with
        {
            Type = Dhcp4MessageType.Decline,
            RequestedAddress = $"{lease.Address}",
            ServerId = "10.77.0.1",
        };
        Assert.IsType<Dhcp4Decision.Decline>(_bench.Decide(decline));
        Assert.Equal(0, _bench.Leases.Count);
        Assert.NotEqual($"{lease.Address}", Text(_bench.Discover(Client).Address));
        Assert.NotEqual($"{lease.Address}", Text(_bench.Discover(Other with { RequestedAddress = $"{lease.Address}" }).Address));
        _bench.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal($"{lease.Address}", Text(_bench.Discover(Client).Address));
    }

    [Theory]
    [InlineData(Dhcp4MessageType.Release)]
    [InlineData(Dhcp4MessageType.Decline)]
    public void Nobody_takes_the_address_of_another(Dhcp4MessageType type)
    {
        Lease lease = _bench.Dora(Client);
        Dhcp4Request attack = Other with
        {
            Type = type,
            ClientAddress = $"{lease.Address}",
            RequestedAddress = $"{lease.Address}",
            ServerId = "10.77.0.1",
        };
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.UnknownLease), _bench.Decide(attack));
        Assert.Equal(
            new Dhcp4Decision.Ignore(Dhcp4Drop.OtherServer),
            _bench.Decide(attack with { Mac = Client.Mac, ServerId = "10.77.0.2" }));
        Assert.Equal(1, _bench.Leases.Count);
    }

    [Fact]
    public void An_address_that_some_machine_uses_is_only_for_that_machine()
    {
        Assert.True(_bench.Bindings.TryBlock(Number("10.77.0.50"), MacAddress.Parse(Other.Mac), default));
        Assert.NotEqual("10.77.0.50", Text(_bench.Discover(Client with { RequestedAddress = "10.77.0.50" }).Address));
        Assert.Equal("10.77.0.50", Text(_bench.Discover(Other with { RequestedAddress = "10.77.0.50" }).Address));
    }

    [Fact]
    public void Inform_is_answered_for_an_address_of_the_subnet()
    {
        Assert.IsType<Dhcp4Decision.Inform>(
            _bench.Decide(Client with { Type = Dhcp4MessageType.Inform, ClientAddress = "10.77.0.250" }));
        foreach (string address in (string[])["0.0.0.0", "192.0.2.1"])
        {
            Assert.Equal(
                new Dhcp4Decision.Ignore(Dhcp4Drop.InformAddress),
                _bench.Decide(Client with { Type = Dhcp4MessageType.Inform, ClientAddress = address }));
        }
    }

    [Fact]
    public void A_bootp_client_gets_its_reservation_for_ever_and_others_nothing()
    {
        Dhcp4Decision.Boot boot = Assert.IsType<Dhcp4Decision.Boot>(
            _bench.Decide(Client with { Type = null, Mac = "52:54:00:77:00:01" }));
        Assert.Equal("10.77.0.201", boot.Lease.Address.ToString());
        Assert.Null(boot.Lease.Expires);
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.NoReservation), _bench.Decide(Client with { Type = null }));
    }

    [Theory]
    [InlineData("guest", "guest")]
    [InlineData("MiXed", "MiXed")]
    [InlineData("70001", "70001")]
    [InlineData("guest.lab.test", "guest")]
    [InlineData("guest.other.test", "guest")]
    [InlineData("with_underscore", "with_underscore")]
    [InlineData("evil_&name", null)]
    [InlineData("bad\u0001 name!", null)]
    [InlineData("-hyphen", null)]
    [InlineData("", null)]
    [InlineData("naïve", null)]
    [InlineData("zero\0", "zero")]
    public void Only_clean_first_labels_become_names(string said, string? taken)
    {
        Dhcp4Decision decision = _bench.Decide(
            Client with { Type = Dhcp4MessageType.Request, RequestedAddress = "10.77.0.20", HostName = said });
        Dhcp4Decision.Acknowledge ack = Assert.IsType<Dhcp4Decision.Acknowledge>(decision);
        Assert.Equal(taken, ack.Name);
        Assert.Equal(taken, ack.Lease.HostName);
    }

    [Fact]
    public void An_overlong_label_is_no_name() => Assert.Null(
        _bench.Dora(Client with { HostName = new string('a', 64) }).HostName);

    [Fact]
    public void A_name_is_offered_only_if_it_is_reserved_or_asked_for_by_fqdn()
    {
        Assert.Null(_bench.Discover(Client with { HostName = "mine" }).Name);
        Assert.Equal("foo", _bench.Discover(Client with { Fqdn = [0, 0, 0, .. "foo.other.test"u8] }).Name);
        Dhcp4Request reserved = Client with { Mac = "52:54:00:77:00:01" };
        Assert.Equal("bymac", _bench.Discover(reserved).Name);
        Assert.Null(_bench.Discover(reserved with { HostName = "mine" }).Name);
        Assert.Equal("bymac", _bench.Dora(reserved with { HostName = "mine" }).HostName);
    }

    [Fact]
    public void A_name_once_said_is_kept_until_another_is()
    {
        Lease lease = _bench.Dora(Client with { HostName = "first" });
        Assert.Equal("first", _bench.LeaseOf(Client, $"{lease.Address}").HostName);
        Assert.Equal("second", _bench.LeaseOf(Client with { HostName = "second" }, $"{lease.Address}").HostName);
    }

    [Fact]
    public void An_address_with_a_name_in_dns_gives_its_client_that_name()
    {
        DecisionBench bench = new(TestNetwork.Definition with
        {
            Dns = new DnsDefinition { Hosts = [new DnsHost(System.Net.IPAddress.Parse("10.77.0.30"), ["web.lab.test", "www"])] },
        });
        Assert.Equal("web", bench.LeaseOf(Client with { HostName = "mine" }, "10.77.0.30").HostName);
    }

    [Theory]
    [InlineData("00:00:00:00:00:00", Dhcp4Drop.HardwareAddress)]
    [InlineData("ff:ff:ff:ff:ff:ff", Dhcp4Drop.HardwareAddress)]
    [InlineData("01:00:5e:00:00:01", Dhcp4Drop.HardwareAddress)]
    public void A_mac_that_no_machine_has_is_ignored(string mac, object reason) =>
        Assert.Equal(new Dhcp4Decision.Ignore((Dhcp4Drop)reason), _bench.Decide(Client with { Mac = mac }));

    [Theory]
    [InlineData(6, 6)]
    [InlineData(1, 0)]
    [InlineData(1, 16)]
    [InlineData(1, 255)]
    public void Other_hardware_is_ignored(byte type, byte length) => Assert.Equal(
        new Dhcp4Decision.Ignore(Dhcp4Drop.HardwareType),
        _bench.Decide(Client with { HardwareType = type, HardwareLength = length }));

    [Theory]
    [InlineData(Dhcp4MessageType.Offer)]
    [InlineData(Dhcp4MessageType.Ack)]
    [InlineData(Dhcp4MessageType.Nak)]
    public void What_only_servers_say_is_ignored(Dhcp4MessageType type) =>
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.ServerMessage), _bench.Decide(Client with { Type = type }));

    [Theory]
    [InlineData("10.77.0.250", true)]
    [InlineData("10.77.0.1", false)]
    [InlineData("10.77.0.0", false)]
    [InlineData("10.77.0.255", false)]
    [InlineData("10.9.9.9", false)]
    [InlineData("255.255.255.255", false)]
    public void Only_relays_of_the_subnet_are_served(string relay, bool served) =>
        Assert.Equal(served, _bench.Decide(Client with { RelayAddress = relay }) is Dhcp4Decision.Offer);

    [Fact]
    public void No_message_makes_a_decision_fail_or_gives_an_address_twice()
    {
        Gen<Dhcp4Request> messages = Gen.Select(
            Gen.Int[0, 8], Gen.Int[0, 5], Gen.Int[0, 256], Gen.Int[0, 256], Gen.Int[0, 3], Gen.Byte.Array[0, 40],
            (type, mac, wish, ciaddr, flags, extra) => new Dhcp4Request
            {
                Type = type == 0 ? null : (Dhcp4MessageType)type,
                Mac = $"52:54:00:77:00:0{mac}",
                RequestedAddress = wish == 256 ? null : $"10.77.0.{wish}",
                ClientAddress = ciaddr == 256 ? "0.0.0.0" : $"10.77.0.{ciaddr}",
                ServerId = (flags & 1) != 0 ? "10.77.0.1" : null,
                HostName = (flags & 2) != 0 ? $"n{mac}" : null,
                ClientId = extra.Length % 5 == 0 ? [1, (byte)mac] : null,
                Fqdn = extra.Length > 35 ? extra : null,
            });
        messages.Array[1, 40].Sample(
            exchange =>
            {
                DecisionBench bench = new();
                byte[] reply = new byte[Dhcp4Reply.MaxLength];
                foreach (Dhcp4Request request in exchange)
                {
                    Dhcp4Decision decision = bench.Decide(request, unicast: request.ServerId is null);
                    byte[] datagram = request.ToArray();
                    Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
                    int length = Dhcp4Reply.Write(reply, message, decision, bench.Settings, spread: 9);
                    Assert.True(length is 0 or >= 300);
                    bench.Clock.Advance(TimeSpan.FromSeconds(50));
                }

                IReadOnlyList<Lease> leases = bench.Leases.Snapshot(bench.Clock.GetUtcNow());
                return leases.Count == leases.Select(lease => lease.Address).Distinct().Count()
                    && leases.All(lease => lease.Address.ToString() != "10.77.0.1");
            },
            iter: 1000);
    }

    internal static Dhcp4Request Release(Dhcp4Request client, Lease lease) => client with
    {
        Type = Dhcp4MessageType.Release,
        ClientAddress = $"{lease.Address}",
        ServerId = "10.77.0.1",
    };

    private const string DnsmasqChoice = "10.77.0.37";

    private static uint Number(string address) => Subnet.ToUInt32(System.Net.IPAddress.Parse(address));

    private static string Text(uint address) => Subnet.FromUInt32(address).ToString();
}
