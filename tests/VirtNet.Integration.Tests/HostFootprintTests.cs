using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>A stopped network, or one that failed to start, leaves nothing on the host.</summary>
public class HostFootprintTests
{
    private const string DualStack = """
        <network><name>d</name><forward mode='nat'/><bridge name='virbr0'/><mtu size='1400'/>
          <ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
          <ip family='ipv6' address='fd00:122::1' prefix='64'/>
          <route address='10.9.0.0' prefix='16' gateway='192.168.122.9'/>
        </network>
        """;

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public async Task Stopping_a_network_leaves_the_host_as_it_was(string backend)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync($"firewall_backend = \"{backend}\"");

        // The skeleton of the iptables backend stays for good, as libvirt's does: make it before looking.
        await lab.NetworkAsync("d", DualStack);
        await lab.VirtnetAsync("net-destroy", "d");
        string before = await lab.HostStateAsync();

        await lab.VirtnetAsync("net-start", "d");
        Assert.NotEqual(before, await lab.HostStateAsync());
        await lab.VirtnetAsync("net-destroy", "d");

        Assert.Equal(before, await lab.HostStateAsync());
    }

    [Theory]
    [InlineData("<mtu size='4'/>", "Cannot set interface MTU")]
    [InlineData("<forward mode='nat'><nat><port start='200' end='200'/></nat></forward>", "Invalid port range '200-200'.")]
    [InlineData("<ip address='192.168.7.1' netmask='255.0.255.0'/>", "has an invalid netmask or IP address")]
    public async Task A_network_that_cannot_start_leaves_the_host_as_it_was(string fault, string error)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        string before = await lab.HostStateAsync();
        await lab.NetworkAsync("f", $"<network><name>f</name><bridge name='virbr7'/>{fault}<ip address='192.168.77.1' prefix='24'/></network>", start: false);

        CommandResult result = await lab.TryVirtnetAsync("net-start", "f");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await lab.HostStateAsync());
        Assert.Contains("inactive", await lab.VirtnetAsync("net-list", "--all"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_ends_leaves_networks_running_and_the_next_one_goes_on()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("d", DualStack);
        string running = await lab.HostStateAsync();

        await lab.Daemon!.SignalAsync("TERM");
        Assert.Equal(running, await lab.HostStateAsync());
        await lab.StartDaemonAsync();

        Assert.Equal(running, await lab.HostStateAsync());
        Assert.Contains(" active ", await lab.VirtnetAsync("net-list"), StringComparison.Ordinal);
    }
}
