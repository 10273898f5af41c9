using System.Net;
using VirtNet.Daemon.Networks;
using VirtNet.Model;

namespace VirtNet.Daemon.Tests.Networks;

public class LiveDefinitionTests
{
    /// <summary>Measured on libvirt 11.3: the default range shows only where addresses are translated.</summary>
    [Theory]
    [InlineData(ForwardMode.Nat, false, true, "10.0.0.1")]
    [InlineData(ForwardMode.Nat, false, false, "fd00::1")]
    [InlineData(ForwardMode.Nat, true, true, "fd00::1")]
    [InlineData(ForwardMode.Nat, false, true, "fd00::1", "10.0.0.1")]
    [InlineData(ForwardMode.Route, false, false, "10.0.0.1")]
    public void The_port_range_in_force_is_shown_where_there_is_one(
        ForwardMode mode, bool ipv6, bool expected, params string[] addresses)
    {
        NetworkDefinition definition = new()
        {
            Name = "n",
            Forward = new Forward(mode) { Nat = ipv6 ? new NatOptions { Ipv6 = true } : null },
            Ips = [.. addresses.Select(address => new IpDefinition(IPAddress.Parse(address)))],
        };
        Assert.Equal(expected ? new NatPortRange(1024, 65535) : null, LiveDefinition.Of(definition).Forward.Nat?.Ports);
    }
}
