using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Services.Ports;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>Whatever one guest does, the others have their addresses.</summary>
public class Dhcp4GuardTests
{
    private const int Evil = 3;
    private const int Good = 5;
    private const int Third = 7;

    private static readonly Dhcp4Request Victim = new() { Mac = "52:54:00:c0:00:01" };
    private static readonly Dhcp4Request Newcomer = new() { Mac = "52:54:00:c0:00:99" };

    private readonly DecisionBench _bench = new(TestNetwork.With(Narrow(20)));

    public Dhcp4GuardTests() => _bench.Ports.Plug(Evil, Good);

    [Theory]
    [InlineData(Dhcp4MessageType.Release)]
    [InlineData(Dhcp4MessageType.Decline)]
    public void A_lease_is_given_back_only_from_the_port_where_its_client_is(Dhcp4MessageType type)
    {
        Lease lease = _bench.Dora(Victim, Good);
        Dhcp4Request forged = GivingBack(Victim, type, lease);

        // Its MAC in the frame too, so that the bridge takes it for one of the victim's.
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.OtherPort), _bench.Decide(forged, port: Evil));
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.OtherPort), _bench.Decide(forged with { RelayAddress = "10.77.0.9" }, port: Evil));
        Assert.NotNull(_bench.Leases.Find(AddressKey.Of(lease.Address)));
        (LogLevel level, int id, string text) = Assert.Single(_bench.Log.Lines);
        Assert.Equal((LogLevel.Warning, 356), (level, id));
        Assert.Contains("Network lab", text, StringComparison.Ordinal);
        Assert.Contains(Victim.Mac, text, StringComparison.Ordinal);
        Assert.Contains("vnet3", text, StringComparison.Ordinal);

        Assert.IsNotType<Dhcp4Decision.Ignore>(_bench.Decide(forged, port: Good));
        Assert.Null(_bench.Leases.Find(AddressKey.Of(lease.Address)));
    }

    [Fact]
    public void Another_machine_does_not_release_a_lease_under_its_client_id()
    {
        Dhcp4Request client = Victim with { ClientId = [1, 2, 3] };
        Lease lease = _bench.Dora(client, Good);
        Dhcp4Request forged = GivingBack(client with { Mac = Newcomer.Mac }, Dhcp4MessageType.Release, lease);
        Assert.IsType<Dhcp4Decision.Ignore>(_bench.Decide(forged, port: Evil));
    }

    [Fact]
    public void Machines_with_one_client_id_are_told_apart_while_they_run_at_once()
    {
        Dhcp4Request first = Victim with { ClientId = [255, 1, 2, 3] };
        Dhcp4Request copy = first with { Mac = Newcomer.Mac };
        Lease lease = _bench.Dora(first, Good);
        Lease other = _bench.Dora(copy, Evil);
        Assert.NotEqual(lease.Address, other.Address);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 357
            && line.Text.Contains($"{copy.Mac} behind vnet3 has the client id of {first.Mac}", StringComparison.Ordinal));
        Assert.Equal(lease.Address, _bench.Dora(first, Good).Address);
        Assert.Equal(other.Address, _bench.Dora(copy, Evil).Address);
        Assert.Equal(first.Mac, _bench.Leases.Find(AddressKey.Of(lease.Address))!.Mac.ToString());

        // When the first one is gone the copy keeps what it has, and a machine whose card was changed is the same client still.
        _bench.Ports.Unplug(Good);
        Assert.Equal(other.Address, _bench.Dora(copy, Evil).Address);
        Assert.Equal(lease.Address, _bench.Dora(first with { Mac = "52:54:00:c0:00:55" }, Third).Address);
    }

    [Fact]
    public void Who_finds_nothing_left_is_said()
    {
        DecisionBench bench = new(TestNetwork.With(Narrow(2)));
        bench.Ports.Plug(Evil);
        Assert.Equal(
            [true, true, false],
            Enumerable.Range(0, 3).Select(i => bench.TryDora(Victim with { Mac = $"52:54:00:c0:01:{i:x2}" }, Evil) is not null));

        Assert.Contains(bench.Log.Lines, line => line.Id == 358
            && line.Text.Contains("52:54:00:c0:01:02 behind vnet3", StringComparison.Ordinal));
    }

    [Fact]
    public void Addresses_that_end_in_0_and_255_are_given_last()
    {
        DecisionBench bench = new(TestNetwork.With(new IpDefinition(System.Net.IPAddress.Parse("192.168.77.1"))
        {
            Prefix = 23,
            Ranges = [new DhcpRange(System.Net.IPAddress.Parse("192.168.76.254"), System.Net.IPAddress.Parse("192.168.77.2"))],
        }));
        string[] given = [.. Enumerable.Range(0, 4).Select(i =>
            bench.TryDora(Victim with { Mac = $"52:54:00:c0:01:{i:x2}" }, Evil, "192.168.77.1")!.Address.ToString())];
        Assert.Equal(["192.168.76.254", "192.168.77.2"], given[..2].Order());
        Assert.Equal(["192.168.76.255", "192.168.77.0"], given[2..].Order());
    }

    [Fact]
    public void A_relay_of_another_subnet_is_said()
    {
        Dhcp4Request relayed = Victim with { Type = Dhcp4MessageType.Discover, RelayAddress = "10.99.0.1" };
        _bench.Decide(relayed, port: Good);
        _bench.Decide(relayed, port: Good);
        Assert.Contains("10.99.0.1", Assert.Single(_bench.Log.Lines, line => line.Id == 336).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_restart_a_lease_is_still_given_back_only_from_its_port()
    {
        Lease lease = _bench.Dora(Victim, Good);
        _bench.Restart();
        Dhcp4Request release = GivingBack(Victim, Dhcp4MessageType.Release, lease);
        Assert.IsType<Dhcp4Decision.Ignore>(_bench.Decide(release, port: Evil));
        Assert.IsType<Dhcp4Decision.Release>(_bench.Decide(release, port: Good));
    }

    [Fact]
    public void A_guest_that_was_plugged_anew_gives_its_lease_back_from_its_new_port()
    {
        Lease lease = _bench.Dora(Victim, Good);
        _bench.Ports.Unplug(Good);
        Assert.IsType<Dhcp4Decision.Release>(_bench.Decide(GivingBack(Victim, Dhcp4MessageType.Release, lease), port: Third));
    }

    [Fact]
    public void A_guest_that_came_back_behind_another_port_is_there_from_then_on()
    {
        Lease lease = _bench.Dora(Victim, Good);
        _bench.Ports.Unplug(Good);
        _bench.Dora(Victim, Third);
        Dhcp4Request release = GivingBack(Victim, Dhcp4MessageType.Release, lease);
        Assert.IsType<Dhcp4Decision.Ignore>(_bench.Decide(release, port: Evil));
        Assert.IsType<Dhcp4Decision.Release>(_bench.Decide(release, port: Third));
    }

    [Fact]
    public void Where_no_port_can_be_told_clients_give_their_leases_back()
    {
        Lease relayed = _bench.Dora(Victim with { RelayAddress = "10.77.0.9" });
        Assert.IsType<Dhcp4Decision.Release>(_bench.Decide(
            GivingBack(Victim, Dhcp4MessageType.Release, relayed) with { RelayAddress = "10.77.0.9" }));
        DecisionBench deaf = new();
        Lease lease = deaf.Dora(Victim);
        Assert.IsType<Dhcp4Decision.Release>(deaf.Decide(GivingBack(Victim, Dhcp4MessageType.Release, lease)));
    }

    [Fact]
    public void One_MAC_declines_a_few_addresses_and_no_more()
    {
        Dhcp4Request decliner = new() { Mac = "52:54:00:66:66:66" };
        for (int i = 0; i < 40; i++)
        {
            Assert.IsType<Dhcp4Decision.Decline>(
                _bench.Decide(GivingBack(decliner, Dhcp4MessageType.Decline, _bench.Dora(decliner, Evil)), port: Evil));
        }

        Assert.Equal(BlockedAddresses<uint>.MaxPerMac, _bench.Bindings.BlockedCount);
        Assert.NotNull(_bench.TryDora(Newcomer, Good));
        Assert.Contains(_bench.Log.Lines, line => line.Id == 352 && line.Text.Contains(decliner.Mac, StringComparison.Ordinal));
        Assert.Contains(_bench.Log.Lines, line => line.Id == 353);
        Assert.True(_bench.Log.Lines.Count < 5, "the log is filled by a guest");
    }

    [Fact]
    public void One_port_declines_a_few_addresses_whatever_MACs_it_invents()
    {
        DecisionBench wide = new(TestNetwork.With(Narrow(100)));
        wide.Ports.Plug(Evil, Good);
        for (int i = 0; i < 90; i++)
        {
            Dhcp4Request decliner = new() { Mac = $"52:54:00:66:66:{i:x2}" };
            wide.Decide(GivingBack(decliner, Dhcp4MessageType.Decline, wide.Dora(decliner, Evil)), port: Evil);
        }

        Assert.Equal(BlockedAddresses<uint>.MaxPerPort, wide.Bindings.BlockedCount);
    }

    [Fact]
    public void A_machine_that_answers_for_every_address_is_believed_for_a_few()
    {
        MacAddress evil = MacAddress.Parse("52:54:00:66:66:66");
        _bench.Ports.Frame(evil, Evil);
        int believed = Enumerable.Range(10, 20)
            .Count(i => _bench.Guard.BelieveAnswer(Subnet.ToUInt32(new System.Net.IPAddress([10, 77, 0, (byte)i])), evil, evil));
        Assert.Equal(BlockedAddresses<uint>.MaxPerMac, believed);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 351 && line.Text.Contains("vnet3", StringComparison.Ordinal));
    }

    [Fact]
    public void With_nothing_else_left_the_address_blocked_longest_ago_is_offered()
    {
        DecisionBench tiny = new(TestNetwork.With(Narrow(3)));
        for (uint i = 0; i < 3; i++)
        {
            tiny.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(tiny.Bindings.TryBlock(Number("10.77.0.12") - i, MacAddress.Parse("52:54:00:66:66:66"), new Witness(null, Evil)));
        }

        Assert.Equal("10.77.0.12", tiny.Dora(Newcomer).Address.ToString());
        Assert.Equal("10.77.0.11", tiny.Dora(Victim).Address.ToString());
    }

    [Fact]
    public void The_last_addresses_are_kept_for_ports_that_have_none()
    {
        _bench.Ports.Plug(Third);
        Assert.Equal(18, Fill(Evil));
        Assert.Contains(_bench.Log.Lines, line => line.Id == 355 && line.Text.Contains("vnet3", StringComparison.Ordinal));
        Assert.NotNull(_bench.TryDora(Newcomer, Good));
        Assert.Null(_bench.TryDora(Victim with { Mac = "52:54:00:c0:00:77" }, Good));
        Assert.NotNull(_bench.TryDora(Victim, Third));
    }

    [Fact]
    public void What_is_kept_is_not_had_by_asking_for_it_either()
    {
        Fill(Evil);
        Dhcp4Request wish = new()
        {
            Mac = "52:54:00:66:77:77",
            Type = Dhcp4MessageType.Request,
            RequestedAddress = Enumerable.Range(10, 20).Select(i => $"10.77.0.{i}")
                .First(address => _bench.Leases.Find(AddressKey.Of(Number(address))) is null),
        };
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.KeptForOthers), _bench.Decide(wish, port: Evil));
        Assert.IsType<Dhcp4Decision.Acknowledge>(_bench.Decide(wish, port: Good));
    }

    [Fact]
    public void An_invented_client_in_frames_of_another_MAC_does_not_get_what_is_kept()
    {
        Fill(Evil);
        _bench.Ports.Frame(MacAddress.Parse(Newcomer.Mac), Good); // known to the bridge, but not the sender of what comes now
        Assert.Equal(
            new Dhcp4Decision.Ignore(Dhcp4Drop.KeptForOthers),
            _bench.Decide(Newcomer, port: Evil, frame: "52:54:00:66:66:66"));
    }

    [Fact]
    public void A_lone_port_may_take_all_and_ports_that_are_down_count_for_nothing()
    {
        _bench.Ports.Plug(Third);
        _bench.Ports.SetDown(Third);
        _bench.Ports.SetDown(Good);
        Assert.Equal(20, Fill(Evil));
    }

    [Fact]
    public void With_plenty_of_addresses_nobody_asks_the_bridge_for_a_port_before_the_lease()
    {
        DecisionBench wide = new();
        wide.Ports.Plug(Evil, Good);
        wide.Discover(Newcomer, Good);
        Assert.Equal(0, wide.Ports.Looks);
    }

    [Fact]
    public void Clients_with_a_lease_or_a_reservation_are_served_while_another_one_takes_what_it_can()
    {
        Dhcp4Request reserved = new() { Mac = "52:54:00:77:00:01" };
        Lease lease = _bench.Dora(Victim, Good);
        Fill(Evil);
        Assert.Equal(lease.Address, _bench.Dora(Victim, Good).Address);
        Assert.Equal("10.77.0.201", _bench.Dora(reserved, Good).Address.ToString());
    }

    private static IpDefinition Narrow(int addresses) => TestNetwork.Address with
    {
        Ranges = [new DhcpRange(Subnet.FromUInt32(Number("10.77.0.10")), Subnet.FromUInt32(Number("10.77.0.10") + (uint)addresses - 1))],
    };

    private static uint Number(string address) => Subnet.ToUInt32(System.Net.IPAddress.Parse(address));

    private static Dhcp4Request GivingBack(Dhcp4Request client, Dhcp4MessageType type, Lease lease) => client with
    {
        Type = type,
        ServerId = "10.77.0.1",
        ClientAddress = type == Dhcp4MessageType.Release ? $"{lease.Address}" : "0.0.0.0",
        RequestedAddress = type == Dhcp4MessageType.Decline ? $"{lease.Address}" : null,
    };

    /// <summary>Takes a lease for each of 200 MACs.</summary>
    /// <returns>How many it got.</returns>
    private int Fill(int port) => Enumerable.Range(0, 200)
        .Count(i => _bench.TryDora(new Dhcp4Request { Mac = $"52:54:00:66:00:{i:x2}" }, port) is not null);
}
