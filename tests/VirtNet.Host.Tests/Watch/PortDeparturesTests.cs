using VirtNet.Host.Netlink;
using VirtNet.Host.Watch;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Watch;

public class PortDeparturesTests
{
    private static readonly Guid Network = TestNetworks.Uuid;
    private static readonly LinkMessage Port = new(KernelFamily.Bridge, 7, "vnet0", Up: true)
    {
        Master = 3,
        Mac = MacAddress.Parse("fe:54:00:00:00:01"),
    };

    private static readonly LinkMessage Free = Port with { Master = 0 };

    private readonly PortDepartures _departures = new();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_looked_at_a_tenth_of_a_second_after_it_left_and_not_sooner()
    {
        Leave();
        Assert.Empty(After(99));
        Assert.Equal("vnet0", Assert.Single(After(1)).Port.Name);
        Assert.Null(_departures.NextDue);
    }

    [Fact]
    public void Whoever_is_still_moving_it_is_given_time()
    {
        Leave();
        Assert.Empty(After(80));
        _departures.Heard(Free with { Up = false }, deleted: false, _now);
        Assert.Empty(After(80));
        _departures.Heard(Free, deleted: false, _now);
        Assert.Empty(After(80));
        Assert.Single(After(20));
    }

    [Fact]
    public void An_announcement_that_says_nothing_new_puts_nothing_off()
    {
        Leave();
        _departures.Heard(Free, deleted: false, _now);
        Assert.Empty(After(60));
        _departures.Heard(Free, deleted: false, _now);
        Assert.Single(After(40));
    }

    [Fact]
    public void One_that_was_down_is_looked_at_again_when_it_is_up()
    {
        Leave();
        _departures.Heard(Free with { Up = false }, deleted: false, _now);
        Assert.Single(After(100));
        Assert.Null(_departures.NextDue);
        _departures.Heard(Free, deleted: false, _now);
        Assert.Single(After(100));
    }

    [Fact]
    public void A_deleted_device_leaves_nothing_behind()
    {
        Leave();
        _departures.Heard(Free, deleted: true, _now);
        Assert.Equal(0, _departures.Count);
        Assert.Empty(After(1000));
    }

    [Fact]
    public void One_that_leaves_a_thousand_times_is_one_entry()
    {
        for (int i = 0; i < 1000; i++)
        {
            Leave();
        }

        Assert.Equal(1, _departures.Count);
        Assert.Single(After(100));
    }

    [Fact]
    public void A_stopped_network_misses_nobody()
    {
        Leave();
        _departures.Forget(Network);
        Assert.Empty(After(1000));
    }

    [Fact]
    public void A_port_may_be_deleted_a_moment_after_its_device_left()
    {
        Leave();
        _departures.Release(Network, port => port.IsPortOf(MacAddress.Parse("52:54:00:00:00:01")));
        Assert.True(Assert.Single(After(100)).Released);
    }

    [Theory]
    [InlineData("52:54:00:00:00:01", true)]
    [InlineData("fe:54:00:00:00:01", true)]
    [InlineData("52:54:00:00:00:02", false)]
    public void The_hosts_end_of_a_guests_interface_is_known_by_its_address(string mac, bool its) =>
        Assert.Equal(its, Port.IsPortOf(MacAddress.Parse(mac)));

    private void Leave() => _departures.Left(Network, Port, released: false, _now);

    private IReadOnlyList<DepartedPort> After(int milliseconds)
    {
        _now += TimeSpan.FromMilliseconds(milliseconds);
        return _departures.TakeDue(_now);
    }
}
