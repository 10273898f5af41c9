using VirtNet.Host.Firewall;
using VirtNet.Host.Watch;

namespace VirtNet.Host.Tests.Watch;

public class RepairTextTests
{
    [Fact]
    public void Rules_are_told_by_their_bridge()
    {
        FirewallRules rules = FirewallPlanner.RulesFor(TestNetworks.Default)!;
        Assert.Equal("firewall rules of virbr0 were left", RepairText.Of([new HostChange(rules, After: null)]));
        Assert.Equal("firewall rules of virbr0 were not as they shall be", RepairText.Of([new HostChange(Before: null, rules)]));
    }
}
