using VirtNet.Host.Link;
using VirtNet.Host.Watch;

namespace VirtNet.Host.Tests.Watch;

public class WatchedNetworkTests
{
    private static readonly BridgeUp Up = new("virbr0");
    private static readonly BridgeUp Stale = new("virbr1");
    private static readonly BridgeVlanFiltering Other = new("virbr0");

    private static readonly WatchedNetwork Network = new(TestNetworks.Uuid, "default", [Up, Other], [Up, Other, Stale])
    {
        Failed = [Up.Key, Stale.Key],
    };

    [Fact]
    public void Only_what_failed_before_may_fail_again()
    {
        Assert.True(Network.IsOldFailure(new HostChange(null, Up)));
        Assert.True(Network.IsOldFailure(new HostChange(Stale, null)));
        Assert.False(Network.IsOldFailure(new HostChange(null, Other)));
        Assert.False(Network.IsOldFailure(new HostChange(Other, null)));
    }

    [Fact]
    public void What_is_wanted_otherwise_now_or_not_any_more_must_not_fail()
    {
        Assert.False(Network.IsOldFailure(new HostChange(null, Up with { Owner = TestNetworks.Uuid })));
        Assert.False(Network.IsOldFailure(new HostChange(Up, null)));
    }
}
