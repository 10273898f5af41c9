using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Who is answered DNS, and where: on the bridge, whatever addresses it has, and nowhere else.</summary>
public class DnsTests
{
    private const string Definition = """
        <network><name>names</name><forward mode='route'/><bridge name='virbr7' stp='off'/><domain name='n.test' localOnly='yes'/>
          <dns><host ip='10.70.0.9'><hostname>known</hostname></host></dns>
          <ip address='10.70.0.1' prefix='24'/><ip family='ipv6' address='2001:db8:70::1' prefix='64'/>
        </network>
        """;

    [Fact]
    public async Task Guests_and_the_host_are_answered_on_every_address_of_the_bridge_and_nobody_else_is()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        await outside.RunAsync("ip", "route", "add", "10.70.0.0/24", "via", NetworkLab.UplinkAddress);
        await lab.NetworkAsync("names", Definition);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr7");
        await guest.ShellAsync(
            "ip addr add 10.70.0.50/24 dev eth0; ip route add default via 10.70.0.1; "
            + "ip -6 addr add 2001:db8:70::50/64 dev eth0 nodad");
        string linkLocal = "";
        await Wait.UntilAsync(async () => (linkLocal = await LinkLocalAsync(lab.Host)).Length > 0, "a link-local address");

        foreach (string server in (string[])["10.70.0.1", "2001:db8:70::1", linkLocal + "%eth0"])
        {
            await Wait.UntilAsync(async () => await DigAsync(guest, server) == "10.70.0.9", $"an answer of {server}");
            Assert.Equal("10.70.0.9", await DigAsync(guest, server, "+tcp"));
        }

        // dig sends a cookie and checks that its part comes back.
        Assert.Contains("(good)", await guest.RunAsync("dig", "+cookie", "@10.70.0.1", "known.n.test"), StringComparison.Ordinal);
        Assert.Equal("10.70.0.9", await DigAsync(lab.Host, "10.70.0.1"));
        Assert.Equal("10.70.0.9", await DigAsync(lab.Host, "2001:db8:70::1", "+tcp"));
        Assert.Contains("timed out", await DigAsync(outside, "10.70.0.1"), StringComparison.Ordinal);
        Assert.Contains("refused", await DigAsync(outside, "10.70.0.1", "+tcp"), StringComparison.Ordinal);
        Assert.Contains("refused", await DigAsync(guest, NetworkLab.UplinkAddress), StringComparison.Ordinal);
        Assert.Contains("refused", await DigAsync(lab.Host, "127.0.0.1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_that_come_and_go_are_followed()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("names", Definition);
        await lab.Host.RunAsync("ip", "addr", "add", "10.71.0.1/24", "dev", "virbr7");
        await Wait.UntilAsync(async () => await DigAsync(lab.Host, "10.71.0.1") == "10.70.0.9", "an answer on a new address");
        await lab.Host.RunAsync("ip", "addr", "del", "10.71.0.1/24", "dev", "virbr7");
        await Wait.UntilAsync(
            async () => !(await lab.Host.RunAsync("ss", "-Hlnu")).Contains("10.71.0.1:53", StringComparison.Ordinal),
            "the socket of an address that is gone to be closed");
    }

    [Fact]
    public async Task A_taken_port_makes_the_start_fail_with_a_clear_reason_and_without_a_trace()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        lab.Host.Start(
            "dnsmasq", "--keep-in-foreground", "--no-resolv", "--conf-file=/dev/null", "--pid-file",
            "--bind-interfaces", "--listen-address=0.0.0.0");
        await Wait.UntilAsync(
            async () => (await lab.Host.RunAsync("ss", "-Hlnu")).Contains("0.0.0.0:53", StringComparison.Ordinal),
            "the other server");
        await lab.NetworkAsync("names", Definition, start: false);

        CommandResult start = await lab.TryVirtnetAsync("net-start", "names");
        Assert.NotEqual(0, start.ExitCode);
        Assert.Contains("cannot answer DNS on 10.70.0.1 port 53: Address already in use", start.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("virbr7", await lab.Host.RunAsync("ip", "-o", "link"), StringComparison.Ordinal);
    }

    /// <summary>The bridge has one once a port of it is up.</summary>
    private static async Task<string> LinkLocalAsync(NetworkNamespace host) =>
        (await host.ShellAsync("ip -6 -o addr show dev virbr7 scope link | awk '{print $4}' | cut -d/ -f1")).Trim();

    private static async Task<string> DigAsync(NetworkNamespace from, string server, string transport = "+notcp") =>
        (await from.TryAsync("dig", "+short", "+time=1", "+tries=1", transport, "@" + server, "known.n.test")).Output.Trim();
}
