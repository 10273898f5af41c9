using VirtNet.Host.Netlink;
using VirtNet.Host.Watch;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Tests.Watch;

public class PortDepartureTests
{
    private static readonly LinkMessage Port = new(KernelFamily.Bridge, 7, "vnet0", Up: true) { Master = 3 };
    private static readonly LinkMessage Bridge = new(KernelFamily.Unspecified, 3, "virbr0", Up: true);
    private static readonly LinkMessage Free = Port with { Family = KernelFamily.Unspecified, Master = 0 };

    [Fact]
    public void A_guest_that_is_up_and_on_no_bridge_is_put_back() => Assert.IsType<PortDeparture.PutBack>(Decide(Free));

    [Fact]
    public void A_device_that_is_gone_is_not_spoken_of() => Assert.IsType<PortDeparture.Gone>(Decide(null));

    [Fact]
    public void One_that_came_back_by_itself_stays() => Assert.IsType<PortDeparture.Stays>(Decide(Port));

    [Fact]
    public void One_that_somebody_put_on_another_bridge_is_left_there() =>
        Assert.Equal(new PortDeparture.Left("on link 9", Waits: false), Decide(Free with { Master = 9 }));

    [Fact]
    public void One_that_is_down_is_left_until_it_is_up() =>
        Assert.Equal(new PortDeparture.Left("no bridge, and down", Waits: true), Decide(Free with { Up = false }));

    [Fact]
    public void One_that_was_set_down_on_its_bridge_is_left() =>
        Assert.Equal(new PortDeparture.Left("on it, but down", Waits: true), Decide(Port with { Up = false }));

    [Fact]
    public void One_that_was_renamed_is_another_device_now() =>
        Assert.Equal(new PortDeparture.Left("called tap9", Waits: false), Decide(Free with { Name = "tap9" }));

    [Fact]
    public void One_whose_port_was_deleted_left_as_it_should() => Assert.Equal(
        new PortDeparture.Left("no bridge, its port was deleted", Waits: false),
        PortDeparture.Decide(new DepartedPort(TestNetworks.Uuid, Port) { Released = true }, Free, Bridge, NameOf, _ => true));

    [Fact]
    public void A_card_of_the_host_may_leave() => Assert.IsType<PortDeparture.Left>(
        PortDeparture.Decide(new DepartedPort(TestNetworks.Uuid, Port), Free, Bridge, NameOf, _ => false));

    [Fact]
    public void While_the_bridge_is_gone_it_waits() => Assert.Equal(
        new PortDeparture.Left("no bridge", Waits: true),
        PortDeparture.Decide(new DepartedPort(TestNetworks.Uuid, Port), Free, bridge: null, NameOf, _ => true));

    [Fact]
    public void On_a_bridge_that_filters_VLANs_it_would_be_in_others_than_before() => Assert.IsType<PortDeparture.Left>(
        PortDeparture.Decide(
            new DepartedPort(TestNetworks.Uuid, Port), Free,
            Bridge with { Bridge = new BridgeOptions(ForwardDelay: 0, Stp: 0, VlanFiltering: true) }, NameOf, _ => true));

    private static PortDeparture Decide(LinkMessage? now) =>
        PortDeparture.Decide(new DepartedPort(TestNetworks.Uuid, Port), now, Bridge, NameOf, _ => true);

    private static string NameOf(int index) => $"link {index}";
}
