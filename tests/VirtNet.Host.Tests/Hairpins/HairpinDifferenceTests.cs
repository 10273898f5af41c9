using VirtNet.Host.Hairpins;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Tests.Hairpins;

public class HairpinDifferenceTests
{
    [Fact]
    public void A_port_without_the_flag_is_marked_and_given_it()
    {
        HairpinDifference difference = Between([Port(2, "v2", on: false)], wanted: [2], marked: []);
        Assert.Equal("v2", Assert.Single(difference.On).Name);
        Assert.Equal(["v2"], difference.Unmarked);
    }

    [Fact]
    public void A_flag_that_somebody_else_has_set_is_left_whether_it_is_wanted_or_not()
    {
        Assert.True(Between([Port(2, "v2", on: true)], wanted: [2], marked: []).IsNone);
        Assert.True(Between([Port(2, "v2", on: true)], wanted: [], marked: []).IsNone);
    }

    [Fact]
    public void A_flag_of_ours_is_set_again_and_goes_when_it_is_not_wanted()
    {
        Assert.Single(Between([Port(2, "v2", on: false)], wanted: [2], marked: ["v2"]).On);
        Assert.True(Between([Port(2, "v2", on: true)], wanted: [2], marked: ["v2"]).IsNone);
        HairpinDifference gone = Between([Port(2, "v2", on: true)], wanted: [], marked: ["v2"]);
        Assert.Single(gone.Off);
        Assert.Equal(["v2"], gone.Gone);
    }

    [Fact]
    public void What_the_table_has_lost_is_ours_all_the_same_and_marked_again()
    {
        HairpinDifference difference = Between([Port(2, "v2", on: true)], wanted: [2], marked: [], set: [2]);
        Assert.Empty(difference.On);
        Assert.Equal(["v2"], difference.Unmarked);
    }

    [Fact]
    public void A_port_that_has_left_is_marked_no_more() => Assert.Equal(["v3"], Between([], wanted: [], marked: ["v3"]).Gone);

    private static HairpinDifference Between(LinkMessage[] ports, int[] wanted, string[] marked, int[]? set = null) =>
        HairpinDifference.Between(ports, wanted.ToHashSet(), marked.ToHashSet(), (set ?? []).ToHashSet());

    private static LinkMessage Port(int index, string name, bool on) => new(KernelFamily.Unspecified, index, name, Up: true)
    {
        Port = BridgePort.Hairpin(on),
    };
}
