using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>What others break comes back by itself.</summary>
public class RepairTests
{
    private const string Network = """
        <network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/>
          <ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
          <route address='10.9.0.0' prefix='16' gateway='192.168.122.9'/>
        </network>
        """;

    private const string State = "ip -o addr show virbr0 | sed 's/^[0-9]*: //'; ip route; nft list ruleset; ip -o link show virbr0 | sed 's/^[0-9]*: //'";

    [Theory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table inet virtnet")]
    [InlineData("ip addr flush dev virbr0")]
    [InlineData("ip route del 10.9.0.0/16")]
    [InlineData("ip link set virbr0 down")]
    [InlineData("ip link del virbr0")]
    public async Task What_somebody_breaks_is_repaired(string harm)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", Network);
        string before = await lab.Host.ShellAsync(State);
        int quiet = Repairs(lab);

        await lab.Host.ShellAsync(harm);

        await Wait.UntilAsync(async () => (await lab.Host.TryAsync("sh", "-c", State)).Output == before, $"repair of '{harm}'", seconds: 5);
        Assert.True(Repairs(lab) > quiet, "a repair is logged:\n" + lab.Daemon!.Output);
    }

    [Fact]
    public async Task A_guest_serves_and_is_served_again_after_its_bridge_was_deleted()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", Network);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        string first = await guest.ObtainAsync("udhcpc", "alpha", lab.Scratch);

        await lab.Host.RunAsync("ip", "link", "del", "virbr0");
        await Wait.UntilAsync(
            async () => (await lab.Host.TryAsync("sh", "-c", "ip -o link show master virbr0 | grep -q .")).ExitCode == 0,
            "the guest's port to be back on the bridge");

        Assert.Equal(first, await guest.ObtainAsync("udhcpc", "alpha", lab.Scratch));
    }

    private static int Repairs(NetworkLab lab) =>
        lab.Daemon!.Output.Split('\n').Count(line => line.Contains("repaired", StringComparison.Ordinal));
}
