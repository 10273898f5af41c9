using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

public sealed class NewClientLimitsTests
{
    private const int Flooder = 7;
    private const int Quiet = 8;

    private readonly FakeTimeProvider _clock = new();
    private readonly Dictionary<MacAddress, int> _ports = [];
    private readonly NewClientLimits _limits;
    private uint _next;
    private int _looks;

    public NewClientLimitsTests() => _limits = new NewClientLimits(
        mac =>
        {
            _looks++;
            return _ports.GetValueOrDefault(mac);
        },
        _clock);

    [Fact]
    public void A_thousand_guests_may_boot_at_once_again_and_again_without_a_look_at_the_bridge()
    {
        for (int boot = 0; boot < 3; boot++)
        {
            Assert.Equal(1000, Admitted(1000, Flooder));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, _looks);
    }

    // The bridge can be asked about half of the clients of such a flood: a newcomer may have to ask a second time.
    [Theory]
    [InlineData(true, 40)]
    [InlineData(false, 100)]
    public void A_flooded_port_leaves_room_for_the_others(bool knownMaker, int served)
    {
        int newcomers = 0;
        Flood(knownMaker, () => newcomers += Admitted(1, Quiet));
        Assert.InRange(newcomers, served, 100);
        Assert.NotNull(Refuse(Flooder, knownMaker));
    }

    [Fact]
    public void Behind_one_port_random_macs_leave_room_for_known_makers()
    {
        int newcomers = 0;
        Flood(knownMaker: false, () => newcomers += Admitted(1, Flooder));
        Assert.Equal(100, newcomers);
    }

    [Fact]
    public void Behind_relays_and_unknown_ports_makers_are_told_apart_too()
    {
        for (int i = 0; i < 20_000; i++)
        {
            _limits.Refuse(Mac(), isRelayed: true, isKnownMaker: false);
        }

        Assert.Null(_limits.Refuse(Mac(), isRelayed: true, isKnownMaker: true));
        Assert.Equal(0, _looks);
        Assert.Null(Refuse(Quiet, knownMaker: false));
    }

    [Fact]
    public void Many_ports_together_cannot_take_more_than_the_network_takes_on()
    {
        int admitted = Enumerable.Range(100, 50).Sum(port => Admitted(1000, port));
        Assert.InRange(admitted, 3000, 4000);
    }

    [Fact]
    public void When_a_flood_is_over_everything_is_as_before()
    {
        Flood(knownMaker: true);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1000, Admitted(1000, Flooder));
    }

    [Fact]
    public void What_is_remembered_of_sources_is_bounded()
    {
        for (int port = 1; port <= 20_000; port++)
        {
            Refuse(port, knownMaker: true);
            Refuse(port, knownMaker: true);
            if (port % 2000 == 0)
            {
                _clock.Advance(TimeSpan.FromSeconds(0.2));
            }
        }

        Assert.InRange(_limits.ShareCount, 1, 4096);
    }

    /// <summary>100,000 new clients a second for a second; <paramref name="meanwhile"/> runs 100 times at its end.</summary>
    private void Flood(bool knownMaker, Action? meanwhile = null)
    {
        for (int i = 0; i < 100_000; i++)
        {
            Refuse(Flooder, knownMaker);
            if (i % 100 == 0)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1));
            }

            if (i >= 90_000 && i % 100 == 50 + (i / 100 % 7))
            {
                meanwhile?.Invoke();
            }
        }
    }

    private int Admitted(int count, int port) =>
        Enumerable.Range(0, count).Count(_ => Refuse(port, knownMaker: true) is null);

    private NewClientLimit? Refuse(int port, bool knownMaker)
    {
        MacAddress mac = Mac();
        _ports[mac] = port;
        return _limits.Refuse(mac, isRelayed: false, knownMaker);
    }

    private MacAddress Mac()
    {
        _next++;
        return new MacAddress([0x52, 0x54, 0, (byte)(_next >> 16), (byte)(_next >> 8), (byte)_next]);
    }
}
