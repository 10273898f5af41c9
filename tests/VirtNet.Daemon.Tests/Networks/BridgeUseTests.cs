using VirtNet.Daemon.Networks;

namespace VirtNet.Daemon.Tests.Networks;

public class BridgeUseTests
{
    private readonly BridgeUse _use = new();

    [Fact]
    public void A_bridge_is_used_until_the_last_network_leaves_it()
    {
        _use.Set("one", ["virbr0", "virbr1"]);
        _use.Set("two", ["virbr0"]);
        _use.Set("one", ["virbr1"]);
        Assert.True(_use.IsUsed("virbr0", except: "one"));
        Assert.False(_use.IsUsed("virbr0", except: "two"));
        _use.Set("two", []);
        Assert.False(_use.IsUsed("virbr0", except: null));
        Assert.True(_use.IsUsed("virbr1", except: null));
    }

    [Fact]
    public void A_networks_own_bridge_is_in_nobodys_way()
    {
        _use.Set("one", ["virbr0"]);
        Assert.False(_use.IsUsed("virbr0", except: "one"));
        _use.Set("one", ["virbr2"]);
        Assert.False(_use.IsUsed("virbr0", except: null));
    }
}
