using VirtNet.Host.Neighbours;
using VirtNet.Host.Tests.Namespaces;

namespace VirtNet.Host.Tests.Neighbours;

public class HostWaysReaderTests
{
    [Fact(Timeout = 60_000)]
    public Task Ways_are_those_of_the_network_namespace_whatever_is_mounted() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync("""
            set -e
            ip link add up0 type veth peer name up1; ip link set up1 up; ip addr add 203.0.113.5/24 dev up0; ip link set up0 up; ip route add default via 203.0.113.1
            ip link add br7 type bridge; ip link add vnet7 type veth peer name guest7; ip link set vnet7 master br7
            """);
        HostWays ways = HostWaysReader.Read();
        Assert.Equal("up0", ways.Uplink4);
        Assert.Null(ways.Uplink6);
        Assert.Equal(["vnet7"], ways.PortsOf("br7"));
        Assert.Empty(ways.PortsOf("up0"));
    });
}
