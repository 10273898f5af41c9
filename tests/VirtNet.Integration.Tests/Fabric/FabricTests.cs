using System.Diagnostics;
using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Fabric;

/// <summary>Hosts that share their networks over a real etcd.</summary>
public sealed class FabricTests
{
    [Fact]
    public async Task What_one_host_defines_changes_and_undefines_is_so_on_all_and_on_one_that_joins_later()
    {
        await using FabricLab lab = await FabricLab.StartAsync();
        await lab.Hosts[0].JoinAsync(lab.Endpoints);
        await lab.Hosts[1].JoinAsync(lab.Endpoints);
        await lab.Hosts[0].UntilMembersAsync(2);

        long begin = Stopwatch.GetTimestamp();
        await lab.Hosts[0].Lab.NetworkAsync("lab", FabricLab.Network(lab.Hosts[0]), start: false);
        await lab.Hosts[1].WaitForAsync("lab", seconds: 5);
        Say("defined on one host, defined on the other", begin);
        await lab.Hosts[1].Lab.VirtnetAsync("net-start", "lab");

        await lab.Hosts[0].Lab.VirtnetAsync("net-autostart", "lab");
        await Wait.UntilAsync(
            async () => (await lab.Hosts[1].Lab.VirtnetAsync("net-list", "--autostart", "--name")).Contains("lab", StringComparison.Ordinal), "the mark for boot");

        begin = Stopwatch.GetTimestamp();
        await lab.Hosts[1].Lab.VirtnetAsync(
            "net-update", "lab", "add", "ip-dhcp-host", "<host mac='52:54:00:aa:bb:cc' name='web' ip='10.100.0.10'/>", "--live", "--config");
        await Wait.UntilAsync(() => HasAsync(lab.Hosts[0], "52:54:00:aa:bb:cc"), "the reservation on the other host", seconds: 5);
        Say("changed on one host, changed on the other", begin);

        begin = Stopwatch.GetTimestamp();
        await lab.Hosts[2].JoinAsync(lab.Endpoints);
        await Wait.UntilAsync(
            async () => (await lab.Hosts[2].Lab.VirtnetAsync("net-list", "--name")).Contains("lab", StringComparison.Ordinal), "the network to run on the host that joins", seconds: 5);
        Say("joins and serves", begin);
        foreach (FabricHost host in lab.Hosts)
        {
            await Wait.UntilAsync(() => HasAsync(host, "192.0.2.3"), "all hosts in the list of each", seconds: 5);
        }

        string[] pools = await Task.WhenAll(lab.Hosts.Select(RangesAsync));
        Assert.Distinct(pools);

        await lab.Hosts[1].Lab.VirtnetAsync("net-destroy", "lab");
        begin = Stopwatch.GetTimestamp();
        await lab.Hosts[1].Lab.VirtnetAsync("net-undefine", "lab");
        await Wait.UntilAsync(
            async () => !(await lab.Hosts[0].Lab.VirtnetAsync("net-list", "--all", "--name")).Contains("lab", StringComparison.Ordinal), "the network to be gone", seconds: 5);
        Say("undefined on one host, undefined on the other", begin);
    }

    [Fact]
    public async Task When_all_of_etcd_is_gone_networks_run_on_and_what_changes_meanwhile_is_shared_when_it_is_back()
    {
        await using FabricLab lab = await FabricLab.JoinedAsync();
        await lab.Hosts[0].Lab.NetworkAsync("lab", FabricLab.Network(lab.Hosts[0]));
        foreach (FabricHost host in lab.Hosts.Skip(1))
        {
            await host.WaitForAsync("lab", seconds: 5);
            await host.Lab.VirtnetAsync("net-start", "lab");
        }

        NetworkNamespace guest = await PlugAsync(lab.Hosts[0], "10.100.0.201");
        await PlugAsync(lab.Hosts[1], "10.100.0.202");
        await Wait.UntilAsync(async () => (await guest.TryAsync("ping", "-c1", "-W1", "10.100.0.202")).ExitCode == 0, "guests to reach each other");

        foreach (FabricHost host in lab.Hosts)
        {
            await host.Etcd!.SignalAsync("KILL");
        }

        string pings = await guest.RunAsync("ping", "-i", "0.05", "-c", "100", "-q", "10.100.0.202");
        Assert.Contains(" 0% packet loss", pings, StringComparison.Ordinal);
        await Wait.UntilAsync(
            async () => (await lab.Hosts[1].FabricAsync("status", "-o", "json")).Contains("etcd does not answer", StringComparison.Ordinal)
                || (await lab.Hosts[1].FabricAsync("status")).Contains("watches no longer", StringComparison.Ordinal),
            "the daemon to say that etcd is gone");
        Assert.Contains("unknown", (await lab.Hosts[1].TryFabricAsync("list")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await lab.Hosts[1].TryFabricAsync("check")).ExitCode);

        // What is defined meanwhile is in force here, and the operator is told that it is so here alone.
        await lab.Hosts[0].Lab.NetworkAsync("early", FabricLab.Network(lab.Hosts[0], "early", 6001, "10.102.0"));
        await Wait.UntilAsync(
            async () => (await lab.Hosts[0].FabricAsync("status")).Contains("early: what was done here is in force on this host alone", StringComparison.Ordinal),
            "the daemon to say what waits");

        // A daemon that starts meanwhile changes nothing, and a network that is defined meanwhile waits.
        await lab.Hosts[1].Daemon!.SignalAsync("KILL");
        lab.Hosts[1].StartDaemon();
        await lab.Hosts[1].Lab.NetworkAsync("late", FabricLab.Network(lab.Hosts[1], "late", 6000, "10.101.0"));
        Assert.False(await lab.Hosts[2].HasAsync("late"));
        await lab.Hosts[2].Lab.VirtnetAsync("net-destroy", "lab");
        await lab.Hosts[2].Lab.VirtnetAsync("net-start", "lab");

        lab.StartEtcd();
        await lab.WaitForEtcdAsync();
        long begin = Stopwatch.GetTimestamp();
        await lab.Hosts[2].WaitForAsync("late", seconds: 15);
        Say("etcd is back, and what waited is shared", begin);
        await lab.Hosts[2].WaitForAsync("early", seconds: 15);
        await Wait.UntilAsync(
            async () => !(await lab.Hosts[0].FabricAsync("status")).Contains("early:", StringComparison.Ordinal),
            "the host that shared it to hear from etcd what the others heard",
            seconds: 2);
        Assert.Contains(" 0% packet loss", await guest.RunAsync("ping", "-i", "0.05", "-c", "20", "-q", "10.100.0.202"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_hosts_that_take_a_number_at_once_one_is_told_and_keeps_its_network_to_itself()
    {
        await using FabricLab lab = await FabricLab.JoinedAsync();
        await Task.WhenAll(lab.Hosts.Take(2).Select((host, i) =>
            host.Lab.NetworkAsync($"n{i}", FabricLab.Network(host, $"n{i}", 6000, $"10.11{i}.0"), start: false)));

        await Wait.UntilAsync(
            async () => await lab.Hosts[2].HasAsync("n0") || await lab.Hosts[2].HasAsync("n1"), "one of them on the third host", seconds: 5);
        int winner = await lab.Hosts[2].HasAsync("n0") ? 0 : 1;
        await Wait.UntilAsync(
            async () => (await lab.Hosts[1 - winner].FabricAsync("status")).Contains($"VNI 6000 is that of network n{winner}", StringComparison.Ordinal),
            "the other one to be told");
        Assert.False(await lab.Hosts[2].HasAsync($"n{1 - winner}"));
        Assert.True(await lab.Hosts[1 - winner].HasAsync($"n{1 - winner}"));
    }

    [Fact]
    public async Task Of_a_network_that_only_says_that_it_spans_hosts_the_start_waits_for_the_rest_or_says_what_keeps_it()
    {
        await using FabricLab lab = await FabricLab.JoinedAsync();
        NetworkLab first = lab.Hosts[0].Lab;
        for (int i = 0; i < 5; i++)
        {
            await first.NetworkAsync($"n{i}", Bare($"n{i}", $"10.10{i}.0"), start: false);
            long begin = Stopwatch.GetTimestamp();
            await first.VirtnetAsync("net-start", $"n{i}");
            Say("started at once after it was defined", begin);
        }

        // Of what cannot be shared that is said at once, and again when it could by what is defined now.
        await first.NetworkAsync("other", Bare("other", "10.100.0"), start: false);
        CommandResult refused = await first.TryVirtnetAsync("net-start", "other");
        Assert.Contains("has no VNI yet: the fabric gives it none, as its addresses overlap 10.100.0.0/24 of network n0", refused.Error, StringComparison.Ordinal);
        Assert.Contains("its addresses overlap", await first.VirtnetAsync("net-info", "other", "-o", "json"), StringComparison.Ordinal);
        await first.VirtnetAsync("net-undefine", "other");
        await first.NetworkAsync("other", Bare("other", "10.110.0"));

        foreach (FabricHost host in lab.Hosts)
        {
            await host.Etcd!.SignalAsync("KILL");
        }

        await first.NetworkAsync("late", Bare("late", "10.111.0"), start: false);
        long asked = Stopwatch.GetTimestamp();
        refused = await first.TryVirtnetAsync("net-start", "late");
        Say("refused without etcd", asked);
        Assert.Contains("has no VNI yet: the fabric gives it none, as ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("etcd", refused.Error, StringComparison.Ordinal);
        Task<CommandResult> waiting = first.TryVirtnetAsync("net-start", "late");
        await first.VirtnetAsync("net-undefine", "late");
        Assert.NotEqual(0, (await waiting).ExitCode);

        // Without its daemon this host is in no fabric that would give it anything.
        await first.NetworkAsync("alone", Bare("alone", "10.112.0"), start: false);
        await lab.Hosts[0].Daemon!.SignalAsync("KILL");
        await Task.Delay(TimeSpan.FromSeconds(13), TimeProvider.System, TestContext.Current.CancellationToken);
        asked = Stopwatch.GetTimestamp();
        Assert.NotEqual(0, (await first.TryVirtnetAsync("net-start", "alone")).ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task Members_are_listed_checked_and_taken_out()
    {
        await using FabricLab lab = await FabricLab.JoinedAsync();
        await Wait.UntilAsync(async () => (await lab.Hosts[0].TryFabricAsync("check")).ExitCode == 0, "the first to know of virtnetd, too");
        string check = await lab.Hosts[0].FabricAsync("check");
        Assert.Contains("packets of 1500 octets arrive whole", check, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", check, StringComparison.Ordinal);
        Say(check);

        await lab.Hosts[1].Lab.Host.RunAsync("ip", "link", "set", "eth0", "mtu", "1400");
        CommandResult narrow = await lab.Hosts[0].TryFabricAsync("check", "-o", "json");
        Assert.Equal(1, narrow.ExitCode);
        Assert.Contains("\"check\":\"path\",\"subject\":\"h2\",\"passed\":false", narrow.Output, StringComparison.Ordinal);

        await lab.Hosts[0].Lab.NetworkAsync("lab", FabricLab.Network(lab.Hosts[0]), start: false);
        await lab.Hosts[2].WaitForAsync("lab", seconds: 5);
        await lab.Hosts[2].FabricAsync("leave");
        await Wait.UntilAsync(() => Task.FromResult(lab.Hosts[2].Daemon!.HasEnded), "the daemon's end to be noticed");
        Assert.False(await lab.Hosts[2].HasAsync("lab"));
        Assert.True(await lab.Hosts[0].HasAsync("lab"));
        Assert.DoesNotContain("h3", await lab.Hosts[0].FabricAsync("list"), StringComparison.Ordinal);

        await lab.Hosts[1].Daemon!.SignalAsync("KILL");
        Assert.NotEqual(0, (await lab.Hosts[0].TryFabricAsync("leave", "--force", "h2")).ExitCode); // still up, as far as anybody knows
        await Wait.UntilAsync(
            async () => (await lab.Hosts[0].FabricAsync("list")).Contains("down", StringComparison.Ordinal), "the killed one to count as down", seconds: 20);
        Assert.NotEqual(0, (await lab.Hosts[0].TryFabricAsync("leave", "h2")).ExitCode);
        await lab.Hosts[0].FabricAsync("leave", "--force", "h2");
        Assert.DoesNotContain("h2", await lab.Hosts[0].FabricAsync("list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_fresh_hosts_become_a_fabric_with_an_etcd_of_its_own_that_strangers_cannot_ask()
    {
        await using FabricLab lab = await FabricLab.CreateAsync();
        FabricHost first = lab.Hosts[0];
        await first.FabricAsync("init", "--name", "h1", "--address", first.Address, "--frr", "off");
        first.StartOwnEtcd();
        first.StartDaemon();
        await first.UntilMembersAsync(1);
        string forged = Path.Combine(first.Lab.Scratch, "forged");
        await File.WriteAllTextAsync(forged, "aGVsbG8", TestContext.Current.CancellationToken);
        Assert.Contains("this is no token", (await lab.Hosts[1].TryFabricAsync("join", "--token", forged)).Error, StringComparison.Ordinal);
        Assert.Contains("--token takes the file", (await lab.Hosts[1].TryFabricAsync("join", "--token", "aGVsbG8")).Error, StringComparison.Ordinal);
        foreach (FabricHost host in lab.Hosts.Skip(1))
        {
            string token = Path.Combine(host.Lab.Scratch, "token");
            await File.WriteAllTextAsync(token, await first.FabricAsync("invite", host.Name, host.Address), TestContext.Current.CancellationToken);
            Task<string> joining = host.FabricAsync("join", "--etcd", "--token", token, "--frr", "off");
            await Wait.UntilAsync(() => Task.FromResult(host.HasEtcdSettings || joining.IsCompleted), "the settings of its etcd", seconds: 30);
            host.StartOwnEtcd();
            await joining;
            host.StartDaemon();
        }

        await first.UntilMembersAsync(3);
        CommandResult stranger = await lab.Hosts[1].Lab.Host.TryAsync(
            "env", "ETCDCTL_API=3", "etcdctl", "--insecure-skip-tls-verify", "--insecure-transport=false", $"--endpoints=https://{first.Address}:2379", "get", "/");
        Assert.NotEqual(0, stranger.ExitCode);

        // The first one's settings name its own etcd alone: it has learnt of the others.
        await Wait.UntilAsync(() => Task.FromResult(first.KnownEndpoints.Contains(lab.Hosts[2].Address, StringComparison.Ordinal)), "the first to know all of etcd");
        await first.Etcd!.SignalAsync("KILL");
        await first.Lab.NetworkAsync("lab", FabricLab.Network(first), start: false);
        await lab.Hosts[2].WaitForAsync("lab", seconds: 20);
    }

    private static string Bare(string name, string subnet) =>
        $"<network><name>{name}</name><forward mode='nat'/><ip address='{subnet}.1' prefix='24'><dhcp><range start='{subnet}.20' end='{subnet}.219'/></dhcp></ip>"
        + "<metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:span/></vn:network></metadata></network>";

    private static async Task<bool> HasAsync(FabricHost host, string text) =>
        (await host.Lab.VirtnetAsync("net-dumpxml", "lab", "--inactive")).Contains(text, StringComparison.Ordinal);

    private static async Task<string> RangesAsync(FabricHost host) =>
        Regex.Match(await host.Lab.VirtnetAsync("net-dumpxml", "lab", "--inactive"), "<range start='([0-9.]+)'").Groups[1].Value;

    private static async Task<NetworkNamespace> PlugAsync(FabricHost host, string address)
    {
        NetworkNamespace guest = await host.PlugAsync("g1");
        await guest.ShellAsync($"ip addr add {address}/24 dev eth0");
        return guest;
    }

    private static void Say(string what, long begin) => Say($"{what}: {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:F0} ms");

    private static void Say(string what) => TestContext.Current.TestOutputHelper?.WriteLine(what);
}
