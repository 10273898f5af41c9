using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>The clients that guests of today run, each through its normal cycle on a network with IPv4 and IPv6.</summary>
public class DualStackClientTests
{
    private const string Network = """
        <network><name>dual</name><forward mode='nat'/><bridge name='virbr0'/><domain name='lab.test'/>
          <ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
          <ip family='ipv6' address='fd00:122::1' prefix='64'><dhcp><range start='fd00:122::100' end='fd00:122::1ff'/></dhcp></ip>
        </network>
        """;

    [Fact]
    public async Task Dhcpcd_gets_both_addresses_and_gives_the_lease_back()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("dual", Network);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        BackgroundProgram client = await guest.StartDhcpcdAsync(lab.Scratch);

        await ExpectGuestAsync(lab, guest, "dhcpcd", client);
        await client.SignalAsync("ALRM"); // releases what it holds, and ends
        await Wait.UntilAsync(async () => !(await LeasesAsync(lab)).Contains("ipv4", StringComparison.Ordinal), "the release");
    }

    [Fact]
    public async Task Networkd_gets_both_addresses()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("dual", Network);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        BackgroundProgram client = await guest.StartNetworkdAsync(lab.Scratch);

        await ExpectGuestAsync(lab, guest, "networkd", client);
    }

    [Fact]
    public async Task Dhclient_gets_an_ipv6_address_and_gives_it_back()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/dhclient") || File.Exists("/sbin/dhclient"), "needs isc-dhcp-client");
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("dual", Network);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        await Wait.UntilAsync(
            async () => !(await guest.RunAsync("ip", "-6", "addr", "show", "dev", "eth0")).Contains("tentative", StringComparison.Ordinal),
            "the link-local address");
        string[] files =
        [
            "-sf", "/bin/true", "-cf", "/dev/null",
            "-lf", Path.Combine(lab.Scratch, "leases6"), "-pf", Path.Combine(lab.Scratch, "pid6"), "eth0",
        ];

        await guest.RunAsync("dhclient", ["-6", "-1", .. files]);

        Assert.Contains("fd00:122::1", await LeasesAsync(lab), StringComparison.Ordinal);
        await guest.RunAsync("dhclient", ["-6", "-r", .. files]);
        await Wait.UntilAsync(async () => !(await LeasesAsync(lab)).Contains("ipv6", StringComparison.Ordinal), "the release");
    }

    [Fact]
    public async Task Rdisc6_is_told_the_prefix_the_mtu_and_the_name_server()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/rdisc6"), "needs ndisc6");
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("dual", Network);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        string heard = "";
        await Wait.UntilAsync(
            async () =>
            {
                CommandResult result = await guest.TryAsync("rdisc6", "-1", "-r", "1", "eth0");
                heard = result.Output;
                return result.ExitCode == 0;
            },
            "an advertisement (the guest's address is being checked first)");

        Assert.Matches(@"Stateful address conf\.\s*:\s*Yes", heard);
        Assert.Matches(@"Router lifetime\s*:\s*1800 ", heard);
        Assert.Matches(@"Prefix\s*:\s*fd00:122::/64", heard);
        Assert.Matches(@"Autonomous address conf\.:\s*No", heard);
        Assert.Matches(@"MTU\s*:\s*1500", heard);
        Assert.Matches(@"Recursive DNS server\s*:\s*fe80:", heard);
    }

    /// <summary>The addresses it was given are on its interface, and its name is known.</summary>
    private static async Task ExpectGuestAsync(NetworkLab lab, NetworkNamespace guest, string name, BackgroundProgram client)
    {
        string addresses = "";
        await Wait.UntilAsync(
            async () =>
            {
                addresses = await guest.RunAsync("ip", "-o", "addr", "show", "dev", "eth0", "scope", "global");
                return client.HasEnded
                    || (addresses.Contains("inet 192.168.122.", StringComparison.Ordinal)
                        && addresses.Contains("inet6 fd00:122::1", StringComparison.Ordinal));
            },
            "both addresses",
            seconds: 30);
        Assert.False(client.HasEnded, client.Output);
        string leases = await LeasesAsync(lab);
        Assert.Contains("ipv4", leases, StringComparison.Ordinal);
        Assert.Contains("ipv6", leases, StringComparison.Ordinal);
        string[] known = (await guest.RunAsync("dig", "+short", "@192.168.122.1", name + ".lab.test", "A")).Split('\n');
        Assert.Contains($"inet {known[0]}/24", addresses, StringComparison.Ordinal);
    }

    private static Task<string> LeasesAsync(NetworkLab lab) => lab.VirtnetAsync("net-dhcp-leases", "dual");
}
