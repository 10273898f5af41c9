using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;
using static VirtNet.Integration.Tests.Fabric.FrrFabric;

namespace VirtNet.Integration.Tests.Fabric;

/// <summary>Three hosts of a fabric whose FRRouting tells each of them where the guests of the others are.</summary>
public sealed class FrrTests
{
    [Fact]
    public async Task Guests_reach_each_other_and_the_end_of_bgpd_or_zebra_costs_no_packet()
    {
        await using FabricLab lab = await JoinedAsync();
        NetworkNamespace[] guests = await Task.WhenAll(lab.Hosts.Select((host, i) => PlugAsync(host, 101 + i)));
        foreach (NetworkNamespace guest in guests)
        {
            await guest.RunAsync("ping", "-c", "2", "-i", "0.1", "-W", "2", "10.100.0.101");
            await guest.RunAsync("ping", "-c", "2", "-i", "0.1", "-W", "2", "10.100.0.103");
        }

        FabricHost first = lab.Hosts[0];
        string mac = await MacAsync(guests[1]);
        await UntilKnownAsync(first, mac, lab.Hosts[1]);
        Assert.Matches("nolearning", await first.Lab.Host.RunAsync("ip", "-d", "link", "show", "vn5077"));
        string port = await first.Lab.Host.RunAsync("bridge", "-d", "link", "show", "dev", "vn5077");
        Assert.Matches("learning off.*neigh_suppress on", port);

        foreach (string program in (string[])["bgpd", "zebra"])
        {
            BackgroundProgram pinging = guests[0].Start("ping", "-i", "0.01", "-c", "300", "-W", "1", "10.100.0.102");
            await first.Frr[program].SignalAsync("KILL");
            await UntilFloodedAsync(first);
            await first.StartFrrAsync(program);
            if (program == "zebra") // of a new one bgpd takes no notice: its unit has it begin anew, too
            {
                await first.Frr["bgpd"].SignalAsync("KILL");
                await first.StartFrrAsync("bgpd");
            }

            await pinging.WaitForEndAsync();
            TestContext.Current.TestOutputHelper?.WriteLine($"{program}: {Regex.Match(pinging.Output, ".* received.*").Value}");
            Assert.InRange(Received(pinging.Output), 299, 300); // one may be under way in the moment between two entries
            await UntilKnownAsync(first, mac, lab.Hosts[1]);
            await UntilFloodedAsync(first);
            await guests[0].RunAsync("ping", "-c", "2", "-i", "0.1", "-W", "2", "10.100.0.103");
        }

        // A member that leaves is no neighbour any more.
        await lab.Hosts[2].FabricAsync("leave", "--force");
        await Wait.UntilAsync(
            async () => !(await first.AskFrrAsync("show running-config")).Contains(lab.Hosts[2].Address, StringComparison.Ordinal),
            "the neighbour to be forgotten", seconds: 5);
        await Wait.UntilAsync(
            async () => !(await FdbAsync(first)).Contains($"dst {lab.Hosts[2].Address}", StringComparison.Ordinal), "nothing to be sent to it any more", seconds: 5);
        await guests[0].RunAsync("ping", "-c", "2", "-i", "0.1", "-W", "2", "10.100.0.102");
    }

    [Fact]
    public async Task A_guest_is_known_by_its_lease_on_all_hosts_before_it_has_sent_anything_else_and_goes_where_it_moves()
    {
        await using FabricLab lab = await JoinedAsync();
        (FabricHost first, FabricHost second, FabricHost third) = (lab.Hosts[0], lab.Hosts[1], lab.Hosts[2]);
        NetworkNamespace asker = await PlugAsync(first, 11);
        NetworkNamespace guest = await second.Lab.PlugGuestAsync(await BridgeAsync(second), "g2");
        string mac = await MacAsync(guest);
        await guest.ShellAsync("ip link set eth0 mtu 1450");
        string address = await guest.ObtainAddressAsync("g2", second.Lab.Scratch);

        await Wait.UntilAsync(
            async () => (await NeighboursAsync(first)).Contains($"{address} lladdr {mac} extern_learn NOARP proto zebra", StringComparison.Ordinal),
            "the lease to be known on the first host", seconds: 5);
        await UntilKnownAsync(third, mac, second);
        await asker.RunAsync("ping", "-c", "2", "-i", "0.1", "-W", "2", address);

        // What is the kernel's from the lease is put back, and a restart of the daemon leaves it as it is.
        await UntilToldAsync(second, mac, address);
        await second.Lab.Host.RunAsync("ip", "neigh", "del", address, "dev", await BridgeAsync(second));
        await UntilToldAsync(second, mac, address);
        string port = (await GuestEntryAsync(second, mac)).Split("dev ")[1].Split(' ')[0];
        await second.Lab.Host.RunAsync("bridge", "fdb", "del", mac, "dev", port, "master", "static");
        await UntilToldAsync(second, mac, address);
        await second.Lab.Daemon!.SignalAsync("KILL");
        await second.Lab.StartDaemonAsync();
        await UntilToldAsync(second, mac, address);
        Assert.DoesNotContain("guests on", second.Lab.Daemon!.Output, StringComparison.Ordinal);

        // It moves, as a live migration has it: the same guest, another host's port, and a frame of its own when it runs there.
        BackgroundProgram pinging = asker.Start("ping", "-i", "0.01", "-c", "200", "-W", "1", address);
        await third.Lab.Host.ShellAsync(
            $"ip link add moved type veth peer name eth1 netns {guest.Name}; ip link set moved master {await BridgeAsync(third)} up");
        await guest.ShellAsync(
            $"ip addr flush dev eth0; ip link set eth0 down; ip link set eth1 address {mac}; ip link set eth1 mtu 1450 up; ip addr add {address}/24 dev eth1");
        await guest.TryAsync("ping", "-c", "1", "-W", "1", "10.100.0.1");
        await UntilKnownAsync(first, mac, third);
        await UntilKnownAsync(second, mac, third);
        await pinging.WaitForEndAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"move: {Regex.Match(pinging.Output, ".* received.*").Value}");
        await asker.RunAsync("ping", "-c", "2", "-i", "0.1", "-W", "2", address);
        await Wait.UntilAsync(
            async () => !(await NeighboursAsync(second)).Contains("PERMANENT", StringComparison.Ordinal), "the former host to tell of it no more", seconds: 5);
    }

    [Fact]
    public async Task Check_says_of_each_member_whether_it_is_heard_and_since_when_and_why_not()
    {
        await using FabricLab lab = await JoinedAsync();
        (FabricHost first, FabricHost second) = (lab.Hosts[0], lab.Hosts[1]);
        NetworkNamespace guest = await second.Lab.PlugGuestAsync(await BridgeAsync(second), "g2");
        await guest.ShellAsync("ip link set eth0 mtu 1450");
        await guest.ObtainAddressAsync("g2", second.Lab.Scratch);
        await UntilKnownAsync(first, await MacAsync(guest), second);
        await Wait.UntilAsync(async () => (await first.TryFabricAsync("check")).ExitCode == 0, "all to be well", seconds: 20);
        string well = await first.FabricAsync("check");
        TestContext.Current.TestOutputHelper?.WriteLine(well);
        Assert.Matches("bgp +h2 +ok +session for [0-9]+ s, [1-9][0-9]* routes received", well);
        Assert.Matches("bgp +h3 +ok +session for [0-9]+ s, 0 routes received", well);
        Assert.Equal(2, Regex.Count(well, "bfd +h[23] +ok +up for [0-9]+ s"));
        Assert.Matches(
            "\"check\":\"bgp\",\"subject\":\"h2\",\"passed\":true,\"detail\":\"[^\"]*\",\"since\":\"20[^\"]*\",\"routes\":[1-9]",
            await first.FabricAsync("check", "-o", "json"));

        await second.Frr["bgpd"].SignalAsync("KILL");
        await Wait.UntilAsync(async () => (await first.TryFabricAsync("check")).ExitCode == 1, "the session to be missed", seconds: 15);
        string ill = (await first.TryFabricAsync("check")).Output;
        TestContext.Current.TestOutputHelper?.WriteLine(ill);
        Assert.Matches("bgp +h2 +FAILED +no session for [0-9]+ s \\((Active|Connect|Idle)\\): [A-Z]", ill);
        Assert.Matches("bgp +h3 +ok", ill);
        Assert.Matches("bgp +this host +FAILED +bgpd does not run", (await second.TryFabricAsync("check")).Output);
        Assert.Matches(
            "\"check\":\"bgp\",\"subject\":\"h2\",\"passed\":false,\"detail\":\"[^\"]*\",\"since\":\"20[^\"]*\",\"routes\":null",
            (await first.TryFabricAsync("check", "-o", "json")).Output);

        await second.StartFrrAsync("bgpd");
        await first.Frr["bfdd"].SignalAsync("KILL");
        await Wait.UntilAsync(
            async () => Regex.IsMatch((await first.TryFabricAsync("check")).Output, "bfd +this host +FAILED +bfdd does not run"), "bfdd to be missed", seconds: 15);
    }

    private static async Task UntilToldAsync(FabricHost host, string mac, string address) => await Wait.UntilAsync(
        async () => (await NeighboursAsync(host)).Contains($"{address} lladdr {mac} PERMANENT", StringComparison.Ordinal)
            && (await GuestEntryAsync(host, mac)).Contains("static", StringComparison.Ordinal),
        $"{host.Name} to tell of {mac}", seconds: 5);

    private static async Task<string> NeighboursAsync(FabricHost host) =>
        await host.Lab.Host.RunAsync("ip", "neigh", "show", "dev", await BridgeAsync(host));

    private static async Task<string> GuestEntryAsync(FabricHost host, string mac) =>
        (await host.Lab.Host.RunAsync("bridge", "fdb", "show", "br", await BridgeAsync(host))).Split('\n')
            .FirstOrDefault(line => line.StartsWith(mac, StringComparison.Ordinal)) ?? "";
}
