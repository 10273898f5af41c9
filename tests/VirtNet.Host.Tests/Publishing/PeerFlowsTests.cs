using System.Net;
using VirtNet.Host.Netlink;
using VirtNet.Host.Publishing;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Publishing;

public class PeerFlowsTests
{
    private static readonly IPNetwork Own = IPNetwork.Parse("10.1.0.0/24");

    private static readonly HostPeer Lab = new("lab", "virbr2", [IPNetwork.Parse("10.2.0.0/24")], PublishedProtocol.Udp, [new PortRange(5353)]);

    [Fact]
    public void Who_is_let_in_now_does_not_go_on_under_the_hosts_address()
    {
        PeerFlows flows = PeerFlows.Between([], [Lab], [Own]);
        Assert.True(flows.Includes(Flow("10.2.0.9", "10.1.0.9", hidden: true)));
        Assert.False(flows.Includes(Flow("10.2.0.9", "10.1.0.9", hidden: false))); // over a restart of the daemon it goes on
        Assert.False(flows.Includes(Flow("10.2.0.9", "198.51.100.1", hidden: true)));
        Assert.False(flows.Includes(Flow("10.3.0.9", "10.1.0.9", hidden: true)));
    }

    [Fact]
    public void Who_is_not_let_in_any_more_is_not_answered_any_more()
    {
        PeerFlows flows = PeerFlows.Between([Lab], [], [Own]);
        Assert.True(flows.Includes(Flow("10.2.0.9", "10.1.0.9", hidden: false)));
        Assert.False(flows.Includes(Flow("10.1.0.9", "10.2.0.9", hidden: false)));
        Assert.False(PeerFlows.Between([Lab], [Lab], [Own]).Any);
    }

    private static ConntrackFlow Flow(string from, string to, bool hidden) =>
        new(Family: 2, Protocol: 17, IPAddress.Parse(to), 5353, IPAddress.Parse(to), 5353, IsTranslated: false)
        {
            From = IPAddress.Parse(from),
            IsHidden = hidden,
        };
}
