using System.Net;
using CsCheck;
using VirtNet.Model;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Leases;
using VirtNet.Wire.Dhcp6;
using VirtNet.Wire.Tests.Dhcp6;

namespace VirtNet.Services.Tests.Dhcp6;

/// <summary>Which address, for how long, under which name, and what becomes of it.</summary>
public class Dhcp6DeciderTests
{
    private static readonly Dhcp6Request Client = new();
    private static readonly Dhcp6Request Other = new() { Duid = "00:03:00:01:52:54:00:c0:00:02" };

    private readonly Dhcp6Bench _bench = new();

    [Fact]
    public void A_client_gets_an_address_of_the_range_for_a_day_and_the_same_again_after_all_was_forgotten()
    {
        string address = _bench.Bind(Client);
        Lease lease = Assert.IsType<Lease>(_bench.LeaseOf(address));
        Assert.Equal(Client.Duid, lease.ClientId);
        Assert.Equal(new Dhcp6IaId(1), lease.Iaid);
        Assert.Equal(_bench.Clock.GetUtcNow().AddDays(1).ToUnixTimeSeconds(), lease.Expires!.Value.ToUnixTimeSeconds());
        Assert.Equal(address, new Dhcp6Bench().Solicit(Client));
        _bench.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(address, _bench.Bind(Client));
    }

    [Fact]
    public void Every_IA_has_a_lease_of_its_own()
    {
        Dhcp6Request two = Client with { Iaids = [7, 8, 7] };
        Dhcp6Decision.Answer answer = _bench.Ask(Dhcp6MessageType.Solicit, two with { RapidCommit = true });
        Assert.Equal([7u, 8u], answer.Ias.Select(ia => ia.Client.Ia.Number));
        Assert.True(answer.RapidCommit);
        Assert.Equal(Dhcp6MessageType.Reply, answer.Type);
        Assert.Equal(2, _bench.Leases.Count);
    }

    [Fact]
    public void A_temporary_IA_has_numbers_of_its_own_and_never_the_reserved_address()
    {
        Dhcp6Request both = Client with { Iaids = [1], TemporaryIaids = [1], RapidCommit = true };
        Dhcp6Decision.Answer answer = _bench.Ask(Dhcp6MessageType.Solicit, both);
        Assert.Equal([new Dhcp6IaId(1), new Dhcp6IaId(1, IsTemporary: true)], answer.Ias.Select(ia => ia.Client.Ia));
        Assert.NotEqual(answer.Ias[0].Address, answer.Ias[1].Address);
        Assert.Equal("T1", answer.Ias[1].Lease!.Iaid.ToString());

        Dhcp6Request reserved = new() { Duid = "00:04:02", Iaids = [], TemporaryIaids = [1] };
        Assert.NotEqual("2001:db8:7::12", Dhcp6Bench.TextOf(Assert.Single(_bench.Ask(Dhcp6MessageType.Solicit, reserved).Ias)));
    }

    [Fact]
    public void A_full_range_gives_no_address_away_twice_and_then_none()
    {
        HashSet<string> given = [];
        for (int i = 0; i < 15; i++) // 16 addresses, of which one is reserved
        {
            Assert.True(given.Add(_bench.Bind(Client with { Iaids = [(uint)i] })));
        }

        Assert.DoesNotContain("2001:db8:7::12", given);
        Dhcp6Decision.Answer answer = _bench.Ask(Dhcp6MessageType.Solicit, Other);
        Assert.Equal(Dhcp6Status.NoAddressesAvailable, answer.Status);
        Assert.Equal(Dhcp6Status.NoAddressesAvailable, answer.Ias[0].Status);
    }

    [Fact]
    public void Clients_that_never_come_back_for_their_offers_block_nothing()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.NotNull(_bench.Solicit(Client with { Iaids = [(uint)i] }));
        }
    }

    [Fact]
    public void A_reserved_client_gets_its_address_time_and_name_and_nobody_else_does()
    {
        Dhcp6Request reserved = Client with { Duid = Dhcp6Bench.ReservedDuid };
        Assert.Equal("2001:db8:7::201", _bench.Bind(reserved));
        Assert.Equal("byid", _bench.LeaseOf("2001:db8:7::201")!.HostName);
        Assert.Equal(7200u, _bench.Ask(Dhcp6MessageType.Solicit, reserved).Ias[0].Seconds);
        Assert.Equal("2001:db8:7::202", _bench.Bind(Other with { Name = "ByName.somewhere" }));
        Assert.NotEqual("2001:db8:7::12", _bench.Solicit(Other with { Iaids = [5] }, "2001:db8:7::12"));
        Assert.NotEqual("2001:db8:7::202", _bench.Solicit(Client, "2001:db8:7::202"));
    }

    [Fact]
    public void A_wish_is_granted_where_the_address_is_free()
    {
        Assert.Equal("2001:db8:7::15", _bench.Solicit(Client, "2001:db8:7::15"));
        Assert.NotEqual("2001:db8:7::15", _bench.Solicit(Other, "2001:db8:7::15"));
        Assert.Equal(Dhcp6Status.NotOnLink, _bench.Ask(Dhcp6MessageType.Request, Client, "2001:db8:8::15").Ias[0].Status);
    }

    [Fact]
    public void A_released_lease_is_gone_at_once()
    {
        string address = _bench.Bind(Client);
        Assert.Equal(Dhcp6Status.NoBinding, _bench.Ask(Dhcp6MessageType.Release, Other, address).Ias[0].Status);
        Assert.NotNull(_bench.LeaseOf(address));
        Dhcp6Decision.Answer answer = _bench.Ask(Dhcp6MessageType.Release, Client, address);
        Assert.Equal(Dhcp6Status.Success, answer.Status);
        Assert.Null(answer.Ias[0].Status);
        Assert.Null(_bench.LeaseOf(address));
    }

    [Fact]
    public void A_declined_address_is_left_alone_for_a_while()
    {
        string address = _bench.Bind(Client);
        _bench.Ask(Dhcp6MessageType.Decline, Client, address);
        Assert.NotEqual(address, _bench.Solicit(Client));
        Assert.NotEqual(address, _bench.Solicit(Other, address));
        _bench.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(address, _bench.Solicit(Client));
    }

    [Theory]
    [InlineData(Dhcp6MessageType.Renew)]
    [InlineData(Dhcp6MessageType.Rebind)]
    public void A_lease_is_prolonged_by_renewing_it_also_after_a_restart(Dhcp6MessageType type)
    {
        string address = _bench.Bind(Client);
        _bench.Clock.Advance(TimeSpan.FromHours(20));
        _bench.Restart();
        Assert.Equal(address, Dhcp6Bench.TextOf(_bench.Ask(type, Client, address).Ias[0]));
        _bench.Clock.Advance(TimeSpan.FromHours(20));
        _bench.Leases.Expire(_bench.Clock.GetUtcNow());
        Assert.NotNull(_bench.LeaseOf(address));
    }

    [Fact]
    public void An_unknown_lease_is_renewed_where_it_is_free_and_refused_elsewhere()
    {
        Assert.Equal("2001:db8:7::18", Dhcp6Bench.TextOf(_bench.Ask(Dhcp6MessageType.Renew, Client, "2001:db8:7::18").Ias[0]));
        Assert.Equal(Dhcp6Status.NoBinding, _bench.Ask(Dhcp6MessageType.Renew, Other, "2001:db8:7::18").Ias[0].Status);
        Assert.Equal(Dhcp6Status.NoBinding, _bench.Ask(Dhcp6MessageType.Renew, Other, "2001:db8:7::99").Ias[0].Status);
    }

    [Theory]
    [InlineData("{0} 2001:db8:7::18 2001:db8:8::1")]
    [InlineData("2001:db8:7::18 {0} 2001:db8:8::1")]
    public void Of_several_addresses_of_an_IA_the_leased_one_is_renewed_and_the_others_are_taken_back(string named)
    {
        string address = _bench.Bind(Client);
        Dhcp6IaDecision ia = Assert.Single(_bench.Ask(Dhcp6MessageType.Renew, Client, named.Replace("{0}", address, StringComparison.Ordinal)).Ias);
        Assert.Equal(address, Dhcp6Bench.TextOf(ia));
        Assert.Equal(["2001:db8:7::18", "2001:db8:8::1"], ia.Withdrawn.Select(old => old.ToAddress().ToString()));
    }

    [Fact]
    public void Who_asks_for_an_address_of_another_link_too_is_told_so() => Assert.Equal(
        Dhcp6Status.NotOnLink,
        Assert.Single(_bench.Ask(Dhcp6MessageType.Request, Client, "2001:db8:7::18 2001:db8:8::1").Ias).Status);

    [Fact]
    public void Addresses_are_confirmed_by_the_link_they_are_on()
    {
        Assert.Equal(Dhcp6Status.Success, _bench.Ask(Dhcp6MessageType.Confirm, Client, "2001:db8:7::99").Status);
        Assert.Equal(Dhcp6Status.NotOnLink, _bench.Ask(Dhcp6MessageType.Confirm, Client, "2001:db8:8::1").Status);
        Assert.Equal(Dhcp6Status.NotOnLink, _bench.Ask(Dhcp6MessageType.Confirm, Client, "2001:db8:7::99 2001:db8:8::1").Status);
        Assert.IsType<Dhcp6Decision.Ignore>(_bench.Decide(Client with { Type = Dhcp6MessageType.Confirm }));
    }

    [Theory]
    [InlineData(Dhcp6MessageType.Request)]
    [InlineData(Dhcp6MessageType.Renew)]
    [InlineData(Dhcp6MessageType.Release)]
    [InlineData(Dhcp6MessageType.Decline)]
    public void What_is_for_another_server_or_for_none_is_left_alone(Dhcp6MessageType type)
    {
        Assert.Equal(
            new Dhcp6Decision.Ignore(Dhcp6Drop.OtherServer), _bench.Decide(Client with { Type = type, ServerId = [0, 4, 1] }));
        Assert.Equal(new Dhcp6Decision.Ignore(Dhcp6Drop.Invalid), _bench.Decide(Client with { Type = type }));
        Assert.Equal(
            new Dhcp6Decision.Ignore(Dhcp6Drop.Invalid),
            _bench.Decide(Client with { Type = type, ServerId = Dhcp6Bench.Server, Duid = "" }));
    }

    [Fact]
    public void The_client_names_itself_and_keeps_its_name()
    {
        string address = _bench.Bind(Client with { Name = "six" });
        Assert.Equal("six", _bench.LeaseOf(address)!.HostName);
        Assert.Equal("six", _bench.Ask(Dhcp6MessageType.Renew, Client, address).Name);
        Assert.Equal(
            IPAddress.Parse(address), _bench.Leases.FindAddress("SIX", System.Net.Sockets.AddressFamily.InterNetworkV6));
    }

    [Fact]
    public void A_network_without_ranges_and_hosts_is_not_served() =>
        Assert.Null(Dhcp6SettingsReader.Read(
            Dhcp6Bench.Network with { Ips = [Dhcp6Bench.Address with { Ranges = [], Hosts = [] }] }));

    [Fact]
    public void A_subnet_of_the_bridge_that_is_not_served_is_on_the_link_too()
    {
        Dhcp6Bench bench = new(Dhcp6Bench.Network with
        {
            Ips = [new IpDefinition(IPAddress.Parse("2001:db8:6::1")) { Prefix = 64 }, Dhcp6Bench.Address],
        });
        Assert.True(bench.Settings.IsOnLink(IPAddress.Parse("2001:db8:6::9")));
        Assert.True(bench.Settings.IsOnLink(IPAddress.Parse("2001:db8:7::9")));
        Assert.False(bench.Settings.IsOnLink(IPAddress.Parse("2001:db8:8::9")));
    }

    [Fact]
    public void The_whole_range_from_the_subnets_first_address_spares_that_one_and_the_bridge()
    {
        Dhcp6Bench bench = new(Dhcp6Bench.Network with
        {
            Ips = [Dhcp6Bench.Address with { Hosts = [], Ranges = [Dhcp6Bench.Range("2001:db8:7::", "2001:db8:7::2")] }],
        });
        Assert.Equal("2001:db8:7::2", bench.Bind(Client));
        Assert.Null(bench.Solicit(Other));
    }

    [Fact]
    public void No_message_makes_the_decision_or_its_answer_throw() =>
        Gen.Select(Gen.Int[0, 160], Gen.Byte).Array[0, 6].Select(Gen.Int[1, 11]).Sample(
            (changes, type) =>
            {
                Dhcp6Bench bench = new();
                byte[] datagram = (Client with
                {
                    Type = (Dhcp6MessageType)type,
                    ServerId = type is 3 or 5 or 8 or 9 ? Dhcp6Bench.Server : null,
                    Addresses = ["2001:db8:7::11"],
                    Iaids = [1, 2, 3],
                    Name = "x.y",
                }).ToArray();
                foreach ((int at, byte value) in changes)
                {
                    datagram[at % datagram.Length] = value;
                }

                if (Dhcp6Message.TryParse(datagram, out Dhcp6Message message)
                    && bench.Decide(message) is Dhcp6Decision.Answer answer)
                {
                    byte[] buffer = new byte[Dhcp6Reply.MaxLength];
                    Assert.NotEqual(0, Dhcp6Reply.Write(buffer, message, answer, Dhcp6Bench.Server, bench.Settings));
                }
            },
            iter: 3000);
}
