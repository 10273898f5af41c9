using VirtNet.Fabric.Frr;

namespace VirtNet.Fabric.Tests.Frr;

public sealed class NeighbourChangeTests
{
    private static readonly BgpNeighbour s_first = new("192.0.2.1", 179);
    private static readonly BgpNeighbour s_second = new("192.0.2.2", 179);
    private static readonly BgpNeighbour s_third = new("192.0.2.3", 179);
    private static readonly HashSet<string> s_members = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];

    [Fact]
    public void What_is_new_comes_at_once_and_what_goes_waits_until_the_new_ones_have_told_all()
    {
        Assert.Equal([s_first, s_second, s_third], Next([s_second, s_third], [s_first, s_second], 0));
        Assert.Equal([s_first, s_second, s_third], Next([s_first, s_second, s_third], [s_first, s_second], 9, Up(s_first, 8), Up(s_second, 900)));
        Assert.Equal([s_first, s_second, s_third], Next([s_first, s_second, s_third], [s_first, s_second], 20, Up(s_first, 5), Up(s_second, 900)));
        Assert.Equal([s_first, s_second], Next([s_first, s_second, s_third], [s_first, s_second], 20, Up(s_first, 12), Up(s_second, 900)));
    }

    [Fact]
    public void One_that_does_not_answer_is_waited_for_a_minute_and_for_ever_if_none_does()
    {
        Assert.Equal([s_first, s_second, s_third], Next([s_first, s_second, s_third], [s_first, s_second], 59, Up(s_first, 50)));
        Assert.Equal([s_first, s_second], Next([s_first, s_second, s_third], [s_first, s_second], 61, Up(s_first, 50)));
        Assert.Equal([s_first, s_second, s_third], Next([s_first, s_second, s_third], [s_first, s_second], 9999));
    }

    [Fact]
    public void A_reflector_reflects_at_once_and_until_all_hear_from_each_other()
    {
        BgpNeighbour client = s_third with { IsClient = true };

        Assert.Equal([client], Next([s_third], [client], 0, Up(s_third, 900)));
        Assert.Equal([client], Next([client], [s_third], 3, Up(s_third, 900)));
        Assert.Equal([s_third], Next([client], [s_third], 12, Up(s_third, 900)));
    }

    [Fact]
    public void Who_is_no_member_any_more_goes_at_once() =>
        Assert.Equal([s_first], Next([s_first, new BgpNeighbour("192.0.2.9", 179)], [s_first], 0));

    private static IReadOnlyList<BgpNeighbour> Next(BgpNeighbour[] have, BgpNeighbour[] wanted, int waited, params FrrSession.Bgp[] sessions) =>
        NeighbourChange.Next(have, wanted, s_members, sessions, TimeSpan.FromSeconds(waited));

    private static FrrSession.Bgp Up(BgpNeighbour neighbour, int seconds) => new(neighbour.Address, "Established", TimeSpan.FromSeconds(seconds), 0, null);
}
