using Microsoft.Extensions.Logging;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Leases;
using VirtNet.Services.Ports;
using VirtNet.Wire.Dhcp6;
using VirtNet.Wire.Tests.Dhcp6;

namespace VirtNet.Services.Tests.Dhcp6;

/// <summary>Whatever one guest does, the others have their addresses. The range holds 16, of which one is reserved.</summary>
public class Dhcp6GuardTests
{
    private const int Evil = 3;
    private const int Good = 5;
    private const string EvilMac = "52:54:00:66:66:66";

    private static readonly Dhcp6Request Victim = new();
    private static readonly Dhcp6Request Newcomer = new() { Duid = "00:03:00:01:52:54:00:c0:00:99" };

    private readonly Dhcp6Bench _bench = new();

    public Dhcp6GuardTests() => _bench.Ports.Plug(Evil, Good);

    [Fact]
    public void A_guest_that_invents_clients_is_taken_on_so_often_and_leaves_room_for_others()
    {
        Dhcp6Bench bench = new(Dhcp6Bench.Network with
        {
            Ips = [Dhcp6Bench.Address with { Ranges = [Dhcp6Bench.Range("2001:db8:7::1:0", "2001:db8:7::1:ffff")], Hosts = [] }],
        });
        bench.Ports.Plug(Evil, Good);
        bench.Port = Evil;
        bench.Mac = EvilMac;
        Dictionary<Dhcp6Drop, int> dropped = [];
        int served = 0;
        for (int i = 0; i < 20_000; i++)
        {
            Dhcp6Request invented = new() { Type = Dhcp6MessageType.Solicit, Duid = $"00:04:{i >> 8:x2}:{i & 0xff:x2}" };
            if (bench.Decide(invented) is Dhcp6Decision.Ignore ignored)
            {
                dropped[ignored.Reason] = dropped.GetValueOrDefault(ignored.Reason) + 1;
            }
            else
            {
                served++;
            }
        }

        Assert.InRange(served, 1000, 4000);
        Assert.NotEqual(0, dropped.GetValueOrDefault(Dhcp6Drop.PortLimit) + dropped.GetValueOrDefault(Dhcp6Drop.MakerLimit));

        // It may still renew what it has; and others are served as before.
        bench.Port = Good;
        bench.Mac = "52:54:00:c0:00:01";
        bench.Bind(Newcomer);
        bench.Port = Evil;
        bench.Mac = EvilMac;
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(bench.Solicit(new Dhcp6Request { Duid = "00:04:ff:ff" }));
    }

    [Fact]
    public void A_client_that_has_an_address_or_was_offered_one_costs_nothing_of_what_new_ones_are_limited_by()
    {
        _bench.Port = Good;
        string address = _bench.Bind(Victim);
        for (int i = 0; i < 5000; i++)
        {
            Assert.Equal(address, _bench.Solicit(Victim));
            Assert.NotNull(_bench.Solicit(Newcomer));
        }
    }

    [Theory]
    [InlineData(Dhcp6MessageType.Release, EvilMac)]
    [InlineData(Dhcp6MessageType.Decline, EvilMac)]
    [InlineData(Dhcp6MessageType.Release, "52:54:00:c0:00:01")]
    public void A_lease_is_given_back_only_from_the_port_where_its_client_is(Dhcp6MessageType type, string mac)
    {
        _bench.Port = Good;
        string address = _bench.Bind(Victim);
        _bench.Port = Evil;
        _bench.Mac = mac;
        _bench.Ask(type, Victim, address);
        Assert.NotNull(_bench.LeaseOf(address));
        (LogLevel level, int id, string text) = Assert.Single(_bench.Log.Lines);
        Assert.Equal((LogLevel.Warning, 356), (level, id));
        Assert.Contains("vnet3", text, StringComparison.Ordinal);

        _bench.Port = Good;
        _bench.Mac = "52:54:00:c0:00:01";
        _bench.Ask(type, Victim, address);
        Assert.Null(_bench.LeaseOf(address));
    }

    [Fact]
    public void One_MAC_declines_a_few_addresses_and_no_more()
    {
        _bench.Port = Evil;
        _bench.Mac = EvilMac;
        for (int i = 0; i < 30; i++)
        {
            Dhcp6Request decliner = new() { Duid = $"00:04:66:{i:x2}" };
            _bench.Ask(Dhcp6MessageType.Decline, decliner, _bench.Bind(decliner));
        }

        Assert.Equal(BlockedAddresses<AddressKey>.MaxPerMac, _bench.Bindings.BlockedCount);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 352 && line.Text.Contains(EvilMac, StringComparison.Ordinal));
        Assert.Contains(_bench.Log.Lines, line => line.Id == 353);
    }

    [Fact]
    public void The_last_addresses_are_kept_for_ports_that_have_none()
    {
        _bench.Port = Evil;
        _bench.Mac = EvilMac;
        int taken = Enumerable.Range(0, 40).Count(i => TryBind(new Dhcp6Request { Duid = $"00:04:66:{i:x2}" }));
        Assert.Equal(14, taken);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 355);
        _bench.Port = Good;
        _bench.Mac = "52:54:00:c0:00:99";
        Assert.True(TryBind(Newcomer));
    }

    [Fact]
    public void With_nothing_else_left_the_address_blocked_longest_ago_is_given()
    {
        for (int i = 0x10; i < 0x20; i++)
        {
            _bench.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_bench.Bindings.TryBlock(
                AddressKey.Of(System.Net.IPAddress.Parse($"2001:db8:7::{i:x}")), new Witness(null, Port: i)));
        }

        _bench.Port = Good;
        Assert.Equal("2001:db8:7::10", _bench.Bind(Newcomer));
        Assert.Contains(_bench.Log.Lines, line => line.Id == 354);
    }

    [Fact]
    public void A_copy_of_a_machine_that_runs_gets_an_address_of_its_own_and_is_said()
    {
        _bench.Port = Good;
        string address = _bench.Bind(Victim);
        _bench.Port = Evil;
        _bench.Mac = EvilMac;
        string other = _bench.Bind(Victim);
        Assert.NotEqual(address, other);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 357
            && line.Text.Contains($"{EvilMac} behind vnet3 has the client id of 52:54:00:c0:00:01", StringComparison.Ordinal));
        Assert.Equal(other, Dhcp6Bench.TextOf(Assert.Single(_bench.Ask(Dhcp6MessageType.Renew, Victim, other).Ias)));

        // With the first one gone the copy keeps what it has, and the machine with another card is the same client still.
        _bench.Ports.Unplug(Good);
        Assert.Equal(other, Dhcp6Bench.TextOf(Assert.Single(_bench.Ask(Dhcp6MessageType.Renew, Victim, other).Ias)));
        _bench.Mac = "52:54:00:c0:00:55";
        Assert.Equal(address, _bench.Bind(Victim));
    }

    [Fact]
    public void Who_finds_nothing_left_is_said()
    {
        for (int i = 0; i < 16; i++)
        {
            _bench.Port = Good;
            TryBind(new Dhcp6Request { Duid = $"00:04:66:{i:x2}" });
        }

        Assert.Contains(_bench.Log.Lines, line => line.Id is 355 or 358);
    }

    private bool TryBind(Dhcp6Request client) => _bench.Solicit(client) is { } offered
        && Dhcp6Bench.TextOf(Assert.Single(_bench.Ask(Dhcp6MessageType.Request, client, offered).Ias)) is not null;
}
