using VirtNet.Host.Tc;
using VirtNet.Model;
using VirtNet.Model.Ports;

namespace VirtNet.Host.Tests.Tc;

public class ShapingTests
{
    [Fact]
    public void A_limit_in_both_directions_is_libvirts_with_marks() => Assert.Equal(
        """
        qdisc add dev virbr0 root handle 1: htb default 2 r2q 1987342909
        class replace dev virbr0 parent 1: classid 1:1 htb rate 1000kbps ceil 5000kbps quantum 85
        class replace dev virbr0 parent 1:1 classid 1:2 htb rate 1000kbps ceil 5000kbps burst 50kb quantum 85
        qdisc replace dev virbr0 parent 1:2 handle 2: sfq perturb 10
        qdisc add dev virbr0 ingress
        filter add dev virbr0 parent ffff: protocol all prio 30324 u32 match u32 0 0 police rate 128kbps burst 128kb mtu 64kb drop flowid 723d:1

        """,
        Script(Limited(new BandwidthLimit(1000, Peak: 5000, Burst: 50), new BandwidthLimit(128, Peak: 256))));

    [Fact]
    public void A_guaranteed_rate_is_a_class_for_the_guests_address_and_taken_from_the_others() => Assert.Equal(
        """
        qdisc add dev virbr0 root handle 1: htb default 2 r2q 1987342909
        class replace dev virbr0 parent 1: classid 1:1 htb rate 1000kbps ceil 5000kbps quantum 85
        class replace dev virbr0 parent 1:1 classid 1:2 htb rate 4600kbps ceil 5000kbps quantum 85
        class replace dev virbr0 parent 1:1 classid 1:a htb rate 400kbps ceil 5000kbps quantum 34
        filter add dev virbr0 parent 1: protocol all prio 2 handle 800::a u32 match u16 0x5254 0xffff at -14 match u32 0x00abcdef 0xffffffff at -12 flowid 1:a
        qdisc replace dev virbr0 parent 1:2 handle 2: sfq perturb 10
        qdisc replace dev virbr0 parent 1:a handle a: sfq perturb 10

        """,
        Script(Limited(new BandwidthLimit(1000, Peak: 5000), outbound: null), Port(10, 400)));

    [Fact]
    public void Others_borrow_what_a_guaranteed_rate_leaves_unused_without_a_peak_too() => Assert.Contains(
        "classid 1:2 htb rate 100kbps ceil 1000kbps quantum",
        Script(Limited(new BandwidthLimit(1000), outbound: null), Port(10, 900)), StringComparison.Ordinal);

    [Fact]
    public void Removing_a_guaranteed_rate_takes_the_filter_away_first()
    {
        GuaranteedClass guarantee = new("virbr0", 10, MacAddress.Parse("52:54:00:ab:cd:ef"), 400, 5000);
        Assert.Equal(
            "filter del dev virbr0 parent 1: protocol all prio 2 handle 800::a u32\nclass del dev virbr0 classid 1:a\n",
            TcScript.Of(new HostChange(guarantee, After: null)));
    }

    [Fact]
    public void The_mark_of_a_network_is_never_that_of_none()
    {
        Assert.Equal(1, TrafficLimit.MarkOf(Guid.Empty));
        Assert.NotEqual(TrafficLimit.MarkOf(TestNetworks.Uuid), TrafficLimit.MarkOf(TestNetworks.Numbered(1).Uuid!.Value));
    }

    [Fact]
    public void A_network_without_limits_wants_nothing() =>
        Assert.Empty(Shaping.For("virbr0", new NetworkHostState(TestNetworks.Default, [Port(10, 400)])));

    internal static NetworkDefinition Limited(BandwidthLimit? inbound, BandwidthLimit? outbound) =>
        TestNetworks.Default with { Bandwidth = new Bandwidth(inbound, outbound) };

    internal static NetworkPort Port(uint classId, ulong floor) => new()
    {
        Uuid = new Guid((int)classId, 0, 0, new byte[8]),
        OwnerName = "guest",
        OwnerUuid = Guid.Empty,
        Mac = MacAddress.Parse("52:54:00:ab:cd:ef"),
        Bandwidth = new Bandwidth(new BandwidthLimit(0, Floor: floor), Outbound: null) { ClassId = classId },
    };

    private static string Script(NetworkDefinition network, params ReadOnlySpan<NetworkPort> ports) => string.Concat(
        Shaping.For("virbr0", new NetworkHostState(network, ValueList.Create(ports)))
            .OrderBy(resource => resource.Rank).Select(resource => TcScript.Of(new HostChange(Before: null, resource))));
}
