using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Spanning;

/// <summary>Guests of one network on two hosts of which one takes what is another's.</summary>
public class GuestBindingTests
{
    private const string Free = "10.100.0.77"; // nobody's

    [Fact]
    public async Task A_guest_that_takes_another_ones_card_or_address_gets_nothing_in_and_that_one_keeps_its_traffic()
    {
        await using SpanLab lab = await StartAsync();
        NetworkNamespace victim = await lab.AddGuestAsync(0, 101, addresses: false);
        NetworkNamespace thief = await lab.AddGuestAsync(1, 102, addresses: false);
        NetworkNamespace asker = await lab.AddGuestAsync(1, 103, addresses: false);
        string address = await ObtainAsync(lab, 0, victim, 101);
        string address6 = (await victim.RunAsync("python3", Script("dhcp6_ask.py"))).Trim();
        await victim.RunAsync("ip", "addr", "add", address6 + "/64", "dev", "eth0", "nodad");
        await ObtainAsync(lab, 1, thief, 102);
        await ObtainAsync(lab, 1, asker, 103);
        await UntilLockedAsync(lab.Hosts[0], 101);
        await UntilLockedAsync(lab.Hosts[1], 102);
        string mac = await MacAsync(victim);

        // Another guest of the victim's host, whose addresses this one knows from the definition: it is told of no leases elsewhere.
        NetworkNamespace other = await lab.AddGuestAsync(1, 104, addresses: false);
        string neighbour = await ObtainAsync(lab, 1, other, 104);
        string neighbour6 = (await other.RunAsync("python3", Script("dhcp6_ask.py"))).Trim();
        await other.RunAsync("ip", "addr", "add", neighbour6 + "/64", "dev", "eth0", "nodad");
        BackgroundProgram[] listening = [await ListenAsync(victim), await ListenAsync(asker), await ListenAsync(other)];
        BackgroundProgram[] pinging =
        [
            asker.Start("ping", "-i", "0.02", "-c", "150", "-W", "1", address),
            asker.Start("ping", "-i", "0.02", "-c", "150", "-W", "1", neighbour),
        ];
        await thief.RunAsync("python3", Script("span_thief.py"), await MacAsync(other), neighbour, neighbour6, SpanLab.Gateway, Free);
        await thief.RunAsync("python3", Script("span_thief.py"), mac, neighbour, neighbour6, SpanLab.Gateway, Free, await MacAsync(other));
        await thief.ShellAsync($"ip link set eth0 down; ip link set eth0 address {mac} up; ip addr replace {address}/24 dev eth0");
        await thief.TryAsync("ping", "-i", "0.05", "-c", "20", "-W", "1", SpanLab.Gateway);
        foreach (BackgroundProgram each in pinging)
        {
            await each.WaitForEndAsync();
            Assert.Contains(" 150 received, 0% packet loss", each.Output, StringComparison.Ordinal);
        }

        foreach (BackgroundProgram each in listening)
        {
            await each.WaitForEndAsync();
            Assert.DoesNotContain("stolen", each.Output, StringComparison.Ordinal);
        }

        NetworkLab thiefs = lab.Hosts[1];
        foreach (string taken in (string[])[await MacAsync(other), neighbour, neighbour6])
        {
            await Wait.UntilAsync(
                () => Task.FromResult(thiefs.Daemon!.Output.Contains(
                    $"Network lab: the guest behind {thiefs.PortOf("g102")} tried to use {taken}", StringComparison.Ordinal)),
                $"the theft of {taken} to be told of", seconds: 15);
        }

        Assert.DoesNotContain("tried to use", lab.Hosts[0].Daemon!.Output, StringComparison.Ordinal);
        foreach (string name in Regex.Matches(await File.ReadAllTextAsync(Script("span_thief.py"), TestContext.Current.CancellationToken), "\"(honest-[^\"]+)\"").Select(match => match.Groups[1].Value))
        {
            Assert.True(Regex.Count(listening[1].Output, $"^{name}$", RegexOptions.Multiline) == 2, $"{name} is not among\n{listening[1].Output}");
        }
    }

    [Fact]
    public async Task Who_is_behind_a_port_that_nobody_knows_may_use_anything_but_what_is_a_known_ones_or_the_gateways()
    {
        await using SpanLab lab = await StartAsync();
        NetworkLab host = lab.Hosts[1];
        NetworkNamespace victim = await lab.AddGuestAsync(1, 104, addresses: false);
        NetworkNamespace thief = await lab.AddGuestAsync(1, 102, addresses: false); // it never asks for an address
        NetworkNamespace asker = await lab.AddGuestAsync(0, 101, addresses: false);
        string address = await ObtainAsync(lab, 1, victim, 104);
        string address6 = (await victim.RunAsync("python3", Script("dhcp6_ask.py"))).Trim();
        await ObtainAsync(lab, 0, asker, 101);
        await UntilLockedAsync(host, 104);
        (string mac, string own) = (await MacAsync(victim), await MacAsync(thief));
        await Wait.UntilAsync(
            async () => (await host.Host.RunAsync("nft", "list", "set", "bridge", "virtnet_span", "known")).Contains(mac, StringComparison.Ordinal), "its card to be known", seconds: 5);

        BackgroundProgram[] listening = [await ListenAsync(victim), await ListenAsync(asker)];
        BackgroundProgram pinging = asker.Start("ping", "-i", "0.02", "-c", "150", "-W", "1", address);
        await thief.RunAsync("python3", Script("span_thief.py"), mac, address, address6, SpanLab.Gateway, Free);
        string gateway = (await host.Host.RunAsync("cat", $"/sys/class/net/{SpanLab.Bridge}/address")).Trim();
        foreach (string card in (string[])[mac, gateway])
        {
            await thief.ShellAsync($"ip link set eth0 down; ip link set eth0 address {card} up; ip addr replace {address}/24 dev eth0");
            await thief.TryAsync("ping", "-i", "0.05", "-c", "10", "-W", "1", "10.100.0.20");
        }

        await pinging.WaitForEndAsync();
        Assert.Contains(" 150 received, 0% packet loss", pinging.Output, StringComparison.Ordinal);
        foreach (BackgroundProgram each in listening)
        {
            await each.WaitForEndAsync();
            Assert.DoesNotContain("stolen", each.Output, StringComparison.Ordinal);
            Assert.Contains("honest-free-packet\n", each.Output, StringComparison.Ordinal);
            Assert.Contains("honest-own-link-local\n", each.Output, StringComparison.Ordinal);
        }

        foreach (string taken in (string[])[mac, address]) // the first of each kind
        {
            await Wait.UntilAsync(
                () => Task.FromResult(host.Daemon!.Output.Contains($"the guest behind {host.PortOf("g102")} tried to use {taken}", StringComparison.Ordinal)),
                $"the theft of {taken} to be told of", seconds: 15);
        }

        Assert.Contains("locked off", await PortAsync(host, 102), StringComparison.Ordinal);
        await thief.ShellAsync($"ip addr flush dev eth0; ip link set eth0 down; ip link set eth0 address {own} up");
        await ObtainAsync(lab, 1, thief, 102);
        await UntilLockedAsync(host, 102);
    }

    [Fact]
    public async Task A_locked_port_serves_its_guest_as_before_and_stays_locked_until_it_leaves()
    {
        await using SpanLab lab = await StartAsync();
        (NetworkLab host, NetworkNamespace guest) = (lab.Hosts[0], await lab.AddGuestAsync(0, 101, addresses: false));
        NetworkNamespace @static = await lab.AddGuestAsync(1, 77);
        Assert.DoesNotContain("locked on", await PortAsync(host, 101), StringComparison.Ordinal); // nobody knows who is behind it
        string address = await ObtainAsync(lab, 0, guest, 101);
        await UntilLockedAsync(host, 101);
        Assert.Equal(address, await ObtainAsync(lab, 0, guest, 101));
        await guest.RunAsync("ping", "-c", "3", "-i", "0.1", "-W", "2", "10.100.0.77");
        await guest.ShellAsync("ip addr add fd00:100::101/64 dev eth0"); // found to be nobody else's
        await Wait.UntilAsync(
            async () => !(await guest.RunAsync("ip", "addr", "show", "eth0")).Contains("tentative", StringComparison.Ordinal), "the address", seconds: 5);
        Assert.DoesNotContain("dadfailed", await guest.RunAsync("ip", "addr", "show", "eth0"), StringComparison.Ordinal);
        Assert.DoesNotContain("locked on", await PortAsync(lab.Hosts[1], 77), StringComparison.Ordinal);

        // Neither the end of its lease nor of the daemon changes that, and what somebody else undoes comes back.
        BackgroundProgram pinging = guest.Start("ping", "-i", "0.01", "-c", "300", "-W", "1", "10.100.0.77");
        await host.VirtnetAsync("net-release-lease", "lab", "--address", address);
        await host.Daemon!.SignalAsync("KILL");
        await host.StartDaemonAsync();
        await UntilLockedAsync(host, 101);
        await pinging.WaitForEndAsync();
        Assert.Contains(" 300 received, 0% packet loss", pinging.Output, StringComparison.Ordinal);
        Assert.Contains("locked on", await PortAsync(host, 101), StringComparison.Ordinal);
        Assert.DoesNotContain("repaired", host.Daemon!.Output, StringComparison.Ordinal);
        await ObtainAsync(lab, 0, guest, 101);
        await host.Host.RunAsync("bridge", "link", "set", "dev", host.PortOf("g101"), "locked", "off", "learning", "on");
        await UntilLockedAsync(host, 101);

        // Another card gets nothing, until it is plugged in anew.
        await guest.ShellAsync("ip addr flush dev eth0; ip link set eth0 down; ip link set eth0 address 52:54:00:00:00:99 up");
        Assert.NotEqual(0, (await guest.TryAsync("udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "2", "-T", "1", "-s", "/bin/true")).ExitCode);
        await host.Host.RunAsync("ip", "link", "set", host.PortOf("g101"), "nomaster");
        await host.PlugAgainAsync(SpanLab.Bridge, "g101");
        await ObtainAsync(lab, 0, guest, 101);
        await UntilLockedAsync(host, 101);
    }

    [Fact]
    public async Task Where_guests_may_be_several_nothing_is_locked_and_a_change_of_that_holds_at_once()
    {
        await using SpanLab lab = await StartAsync();
        NetworkLab host = lab.Hosts[0];
        NetworkNamespace guest = await lab.AddGuestAsync(0, 101, addresses: false);
        await ObtainAsync(lab, 0, guest, 101);
        await UntilLockedAsync(host, 101);

        await RedefineAsync(host, Network(0).Replace("<vn:span ", "<vn:span locked='no' ", StringComparison.Ordinal));
        string port = await PortAsync(host, 101);
        Assert.DoesNotContain("locked on", port, StringComparison.Ordinal);
        Assert.DoesNotContain("learning off", port, StringComparison.Ordinal);
        Assert.DoesNotMatch("master virbr-lab static", await host.Host.RunAsync("bridge", "fdb", "show", "dev", host.PortOf("g101")));
        Assert.Equal("", await host.Host.RunAsync("sh", "-c", "nft list set bridge virtnet_span guests | grep elements || true"));
        await guest.ShellAsync("ip link add link eth0 name nested type macvlan mode bridge; ip link set nested up; ip addr add 10.100.0.88/24 dev nested");
        await guest.RunAsync("ping", "-I", "nested", "-c", "2", "-W", "2", SpanLab.Gateway);

        await RedefineAsync(host, Network(0));
        await guest.RunAsync("ping", "-c", "1", "-W", "2", SpanLab.Gateway); // by which the bridge finds it again
        await UntilLockedAsync(host, 101);
        Assert.NotEqual(0, (await guest.TryAsync("ping", "-I", "nested", "-c", "2", "-W", "1", SpanLab.Gateway)).ExitCode);

        // A further machine that its operator knows of.
        string nested = (await guest.RunAsync("cat", "/sys/class/net/nested/address")).Trim();
        await host.Host.RunAsync("bridge", "fdb", "replace", nested, "dev", host.PortOf("g101"), "master", "static");
        await Wait.UntilAsync(
            async () => (await guest.TryAsync("ping", "-I", "nested", "-c", "1", "-W", "1", SpanLab.Gateway)).ExitCode == 0, "it to be let in", seconds: 5);
        await host.VirtnetAsync("net-destroy", "lab");
        Assert.Equal("", await RulesAsync(host));
    }

    private static async Task<SpanLab> StartAsync()
    {
        SpanLab lab = await SpanLab.StartAsync(hosts: 2);
        await Task.WhenAll(lab.Hosts.Select((host, i) => host.NetworkAsync("lab", Network(i))));
        return lab;
    }

    /// <summary>The network of the lab, in which guests get IPv6 addresses, too.</summary>
    private static string Network(int host) => SpanLab.Network(host, hosts: 2).Replace(
        $"<ip family='ipv6' address='{SpanLab.Gateway6}' prefix='64'/>",
        $"<ip family='ipv6' address='{SpanLab.Gateway6}' prefix='64'><dhcp><range start='fd00:100::{host + 1}:1' end='fd00:100::{host + 1}:9'/></dhcp></ip>",
        StringComparison.Ordinal);

    private static async Task RedefineAsync(NetworkLab host, string xml)
    {
        string file = Path.Combine(host.Scratch, "again.xml");
        await File.WriteAllTextAsync(file, xml, TestContext.Current.CancellationToken);
        await host.VirtnetAsync("net-define", "--live", file);
    }

    private static async Task<BackgroundProgram> ListenAsync(NetworkNamespace guest)
    {
        BackgroundProgram listening = guest.Start("python3", Script("span_frames.py"), "listen", "8");
        await Wait.UntilAsync(() => Task.FromResult(listening.Output.Contains("ready", StringComparison.Ordinal)), "the listener");
        return listening;
    }

    private static Task<string> ObtainAsync(SpanLab lab, int host, NetworkNamespace guest, int number) =>
        guest.ObtainAddressAsync($"g{number}", lab.Hosts[host].Scratch);

    private static Task UntilLockedAsync(NetworkLab host, int number) => Wait.UntilAsync(
        async () => await PortAsync(host, number) is var port && port.Contains("locked on", StringComparison.Ordinal)
            && port.Contains("learning off", StringComparison.Ordinal),
        $"the port of g{number} to be locked", seconds: 5);

    private static Task<string> PortAsync(NetworkLab host, int number) =>
        host.Host.RunAsync("bridge", "-d", "link", "show", "dev", host.PortOf($"g{number}"));

    private static Task<string> RulesAsync(NetworkLab host) => host.Host.RunAsync("sh", "-c", "nft list table bridge virtnet_span 2>/dev/null || true");

    private static async Task<string> MacAsync(NetworkNamespace guest) => (await guest.RunAsync("cat", "/sys/class/net/eth0/address")).Trim();

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Lab", name);
}
