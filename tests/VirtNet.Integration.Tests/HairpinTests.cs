using System.Net;
using VirtNet.Integration.Tests.Firewall;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>
/// Guests that use what is published to themselves, on a host where frames on bridges pass the rules for packets, as Docker and
/// Kubernetes have it.
/// </summary>
public class HairpinTests
{
    private const string Mac = "52:54:00:00:00:01";
    private const string Bridge = "vbr1";
    private const string Table = "table bridge virtnet_hairpin";

    private static readonly IPAddress Public = IPAddress.Parse(NetworkLab.UplinkAddress);

    [Fact]
    public Task A_guest_comes_back_to_itself_with_nftables() => CheckAsync("nftables");

    [Fact]
    public Task A_guest_comes_back_to_itself_with_iptables() => CheckAsync("iptables");

    [Fact]
    public async Task What_was_set_goes_when_it_is_not_needed_any_more_also_with_another_daemon()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await StartAsync(lab);
        NetworkNamespace web = await PlugAsync(lab, "g1", "10.44.0.10", Mac);
        await PlugAsync(lab, "g2", "10.44.0.11", mac: null);
        await PlugAsync(lab, "g3", "10.44.0.12", mac: null);
        string[] ports = (await lab.Host.ShellAsync($"ls /sys/class/net/{Bridge}/brif")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (string first, string second, string operators) = (One("g1"), One("g2"), One("g3"));

        // A flag that somebody else has set before stays his.
        await lab.Host.RunAsync("bridge", "link", "set", "dev", operators, "hairpin", "on");
        await lab.VirtnetAsync("net-publish", "lab", "8080", "web:80");
        await lab.VirtnetAsync("net-publish", "lab", "8081", "10.44.0.11:80");
        await lab.VirtnetAsync("net-publish", "lab", "8082", "10.44.0.12:80");
        await UntilAsync(lab, first, on: true);
        await UntilAsync(lab, second, on: true); // known by its neighbours alone

        // The guest moves to another port.
        await web.ShellAsync("ip link set eth0 down");
        await lab.Host.RunAsync("ip", "link", "add", "other", "type", "veth", "peer", "name", "eth1", "netns", web.Name);
        await lab.Host.RunAsync("ip", "link", "set", "other", "master", Bridge, "up");
        await web.ShellAsync($"ip addr flush dev eth0; ip link set eth1 address {Mac} up; ip addr add 10.44.0.10/24 dev eth1; curl -s --max-time 2 http://10.44.0.1:9/ || true");
        await UntilAsync(lab, "other", on: true);
        await UntilAsync(lab, first, on: false);

        // Somebody takes it off, and the table away.
        await lab.Host.RunAsync("bridge", "link", "set", "dev", "other", "hairpin", "off");
        await UntilAsync(lab, "other", on: true);
        await lab.Host.RunAsync("nft", "delete", "table", "bridge", "virtnet_hairpin");
        await Wait.UntilAsync(
            async () => (await lab.Host.RunAsync("nft", "list", "ruleset")).Contains("\"other\" . \"other\"", StringComparison.Ordinal), "the table");

        // Frames pass the rules no more: found out with the next change, or within a minute.
        await lab.Host.RunAsync("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0");
        await lab.VirtnetAsync("net-unpublish", "lab", "8081");
        await UntilAsync(lab, "other", on: false);
        await lab.Host.RunAsync("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1");
        await lab.VirtnetAsync("net-publish", "lab", "8081", "10.44.0.11:80");
        await UntilAsync(lab, "other", on: true);
        await UntilAsync(lab, second, on: true);

        // Another daemon knows what this one has set.
        await lab.Daemon!.SignalAsync("KILL");
        await lab.StartDaemonAsync();
        await lab.VirtnetAsync("net-unpublish", "lab", "8081");
        await UntilAsync(lab, second, on: false);
        Assert.True(await HasAsync(lab, "other"));
        await lab.VirtnetAsync("net-unpublish", "lab", "8080");
        await lab.VirtnetAsync("net-unpublish", "lab", "8082");
        await UntilAsync(lab, "other", on: false);
        Assert.True(await HasAsync(lab, operators));
        Assert.DoesNotContain(Table, await lab.Host.RunAsync("nft", "list", "tables"), StringComparison.Ordinal);

        string One(string guest) => Array.Find(ports, port => port.EndsWith(guest, StringComparison.Ordinal))!;
    }

    private static async Task CheckAsync(string backend)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync($"firewall_backend = \"{backend}\"");
        await StartAsync(lab);
        NetworkNamespace web = await PlugAsync(lab, "g1", "10.44.0.10", Mac);
        NetworkNamespace neighbour = await PlugAsync(lab, "g2", "10.44.0.11", mac: null);
        using PublicationProbe probe = new();
        probe.Listen(web, "web", 80);
        await lab.VirtnetAsync("net-publish", "lab", "8080", "web:80");
        await Wait.UntilAsync(async () => await PublicationProbe.AskAsync(web, Public, 8080) == "web 10.44.0.1", "the guest itself");
        Assert.Equal("web 10.44.0.1", await PublicationProbe.AskAsync(neighbour, Public, 8080));
        Assert.Equal(1, (await lab.Host.RunAsync("bridge", "-d", "link")).Split("hairpin on").Length - 1); // the neighbour's port has it not

        // A guest that knows nothing of RFC 7527 does not take its own question whether an address is in use for an answer.
        await web.ShellAsync("""
            sysctl -qw net.ipv6.conf.eth0.enhanced_dad=0 net.ipv6.conf.all.enhanced_dad=0
            ip -6 addr add 2001:db8:44::10/64 dev eth0
            """);
        await Wait.UntilAsync(
            async () => !(await web.RunAsync("ip", "-6", "addr", "show", "dev", "eth0")).Contains("tentative", StringComparison.Ordinal), "an address", 20);
        Assert.DoesNotContain("dadfailed", await web.RunAsync("ip", "-6", "addr", "show", "dev", "eth0"), StringComparison.Ordinal);

        await lab.VirtnetAsync("net-destroy", "lab");
        Assert.DoesNotContain(Table, await lab.Host.RunAsync("nft", "list", "tables"), StringComparison.Ordinal);
    }

    private static async Task StartAsync(NetworkLab lab)
    {
        await lab.AddOutsideAsync();
        await lab.Host.ShellAsync("sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1");
        await lab.NetworkAsync("lab", $"""
            <network><name>lab</name><forward mode='nat'/><bridge name='{Bridge}' stp='off' delay='0'/>
              <ip address='10.44.0.1' prefix='24'>
                <dhcp><range start='10.44.0.2' end='10.44.0.99'/><host mac='{Mac}' name='web' ip='10.44.0.10'/></dhcp></ip>
            </network>
            """);
    }

    private static async Task<NetworkNamespace> PlugAsync(NetworkLab lab, string name, string address, string? mac)
    {
        NetworkNamespace guest = await lab.PlugGuestAsync(Bridge, name);
        await guest.ShellAsync($"""
            {(mac is null ? "" : $"ip link set eth0 address {mac}")}
            ip addr add {address}/24 dev eth0; ip route add default via 10.44.0.1; ip link set lo up
            curl -s --max-time 2 http://10.44.0.1:9/ || true
            """);
        return guest;
    }

    private static Task UntilAsync(NetworkLab lab, string port, bool on) =>
        Wait.UntilAsync(async () => await HasAsync(lab, port) == on, $"port {port} to be {(on ? "a" : "no")} hairpin");

    private static async Task<bool> HasAsync(NetworkLab lab, string port) =>
        (await lab.Host.RunAsync("bridge", "-d", "link", "show", "dev", port)).Contains("hairpin on", StringComparison.Ordinal);
}
