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

    [Theory]
    [InlineData("iptables -t nat -I POSTROUTING 1 -j ACCEPT", "iptables -t nat -S POSTROUTING", "-A POSTROUTING -j LIBVIRT_PRT\n-A POSTROUTING -j ACCEPT")]
    [InlineData("iptables -I INPUT 1 -j RETURN", "iptables -S INPUT", "-A INPUT -j LIBVIRT_INP\n-A INPUT -j RETURN")]
    [InlineData("iptables -I OUTPUT 1 -j ACCEPT", "iptables -S OUTPUT", "-A OUTPUT -j LIBVIRT_OUT\n-A OUTPUT -j ACCEPT")]
    public async Task What_keeps_packets_from_our_chains_comes_behind_them_once(string harm, string look, string repaired)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync("firewall_backend = \"iptables\"");
        await lab.NetworkAsync("default", Network);
        int quiet = Repairs(lab);

        await lab.Host.ShellAsync(harm);

        await Wait.UntilAsync(
            async () => (await lab.Host.ShellAsync(look)).Contains(repaired, StringComparison.Ordinal), $"repair of '{harm}'", seconds: 5);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(quiet + 1, Repairs(lab));
    }

    [Fact]
    public async Task Who_keeps_some_guests_from_the_hosts_address_is_left_alone_and_said()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync("firewall_backend = \"iptables\"");
        await lab.NetworkAsync("default", Network);
        int quiet = Repairs(lab);

        await lab.Host.ShellAsync("iptables -t nat -I POSTROUTING 1 -s 192.168.122.0/24 -j ACCEPT");

        await Wait.UntilAsync(
            () => Task.FromResult(lab.Daemon!.Output.Contains("rule '-s 192.168.122.0/24 -j ACCEPT'): guests to the outside", StringComparison.Ordinal)),
            "a warning", seconds: 5);
        Assert.Equal(quiet, Repairs(lab));
        Assert.Contains("-A POSTROUTING -s 192.168.122.0/24 -j ACCEPT\n-A POSTROUTING -j LIBVIRT_PRT", await lab.Host.ShellAsync("iptables -t nat -S POSTROUTING"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_element_by_which_somebody_drops_guests_is_noticed_when_it_comes_and_when_it_goes()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", Network);
        await lab.Host.ShellAsync("""
            nft 'add table inet f; add set inet f s { type ifname; }; add chain inet f c { type filter hook forward priority 0; }; add rule inet f c iifname @s drop'
            """);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("cuts off", lab.Daemon!.Output, StringComparison.Ordinal);

        await lab.Host.ShellAsync("nft add element inet f s '{ virbr0 }'");
        await Wait.UntilAsync(
            () => Task.FromResult(lab.Daemon!.Output.Contains("rule 'iifname @s drop'", StringComparison.Ordinal)), "a warning", seconds: 5);

        await lab.Host.ShellAsync("nft delete element inet f s '{ virbr0 }'");
        await Wait.UntilAsync(
            () => Task.FromResult(lab.Daemon!.Output.Contains("Not cut off any more", StringComparison.Ordinal)), "its end", seconds: 5);
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
