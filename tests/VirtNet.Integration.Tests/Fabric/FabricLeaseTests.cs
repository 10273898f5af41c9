using System.Diagnostics;
using System.Text.Json;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Fabric;

/// <summary>Guests of several hosts that share a network over a real etcd: their names and addresses.</summary>
public sealed class FabricLeaseTests
{
    private const string Script = "dhcp_reboot.py";

    [Fact]
    public async Task Guests_of_all_hosts_are_found_by_name_on_each_and_keep_their_addresses_when_they_move()
    {
        await using FabricLab lab = await StartedAsync();
        (FabricHost h1, FabricHost h2, FabricHost h3) = (lab.Hosts[0], lab.Hosts[1], lab.Hosts[2]);
        const string Mac = "52:54:00:00:77:01";
        NetworkNamespace mover = await h1.PlugAsync("m1", mac: Mac);
        string address = await mover.ObtainAddressAsync("mover", h1.Lab.Scratch);
        NetworkNamespace witness = await h3.PlugAsync("w3");
        string witnessAddress = await witness.ObtainAddressAsync("witness", h3.Lab.Scratch);

        long begin = Stopwatch.GetTimestamp();
        await Wait.UntilAsync(async () => await DigAsync(witness, "mover.lab.test") == address, "the name on another host", seconds: 5);
        Say($"known on another host: {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:F0} ms, the question included");
        Assert.Equal("mover.lab.test.", await DigAsync(witness, "-x", address));
        Assert.Equal(witnessAddress, await DigAsync(mover, "witness.lab.test"));
        Assert.Equal("h1", await HostOfAsync(h2, address));
        Assert.Equal("h3", await HostOfAsync(h2, witnessAddress));

        // It moves to another host: with its address, its name, and as that host's.
        await h1.Lab.Host.RunAsync("ip", "netns", "del", mover.Name);
        NetworkNamespace moved = await h2.PlugAsync("m2", mac: Mac);
        Assert.StartsWith("ACK", await RebootAsync(moved, Mac, address), StringComparison.Ordinal);
        await moved.ObtainAddressAsync("mover", h2.Lab.Scratch);
        await Wait.UntilAsync(async () => await HostOfAsync(h1, address) == "h2", "the former host to know where it is", seconds: 5);
        await Wait.UntilAsync(async () => await HostOfAsync(h2, address) == "h2", "its host to have it", seconds: 5);
        Assert.Equal(address, await DigAsync(witness, "mover.lab.test"));

        // Another one does not get it, neither there nor where it came from, nor is told anything of addresses that nobody knows.
        const string Other = "52:54:00:00:77:02";
        NetworkNamespace thief = await h1.PlugAsync("t1", mac: Other);
        Assert.Equal("NAK", await RebootAsync(thief, Other, address));
        string stranger = witnessAddress[..(witnessAddress.LastIndexOf('.') + 1)] + ((int.Parse(witnessAddress.Split('.')[3], null) ^ 1) & 255);
        Assert.Equal("silence", await RebootAsync(thief, Other, stranger));

        // A restart of virtnetd forgets nothing of it, without the fabric's help.
        await h1.Daemon!.SignalAsync("STOP", ends: false);
        await h1.Lab.Daemon!.SignalAsync("TERM");
        await h1.Lab.StartDaemonAsync();
        Assert.Equal("NAK", await RebootAsync(thief, Other, address));
        Assert.Equal("h2", await HostOfAsync(h1, address));
        await h1.Daemon.SignalAsync("CONT", ends: false);

        // When its lease has ended nobody finds it any more, and another one can have its address where the block is.
        await h2.Lab.VirtnetAsync("net-release-lease", "lab", "--address", address);
        await Wait.UntilAsync(async () => await DigAsync(witness, "mover.lab.test") == "", "the name to be gone", seconds: 5);
        await moved.ShellAsync("ip addr flush dev eth0"); // or it would be found to use the address still
        await Wait.UntilAsync(
            async () => (await RebootAsync(thief, Other, address)).StartsWith("ACK", StringComparison.Ordinal), "the address to be free again", seconds: 10);
    }

    [Fact]
    public async Task A_guest_that_takes_the_address_of_a_guest_of_another_host_gets_nothing_in()
    {
        await using FabricLab lab = await StartedAsync();
        (FabricHost h1, FabricHost h2) = (lab.Hosts[0], lab.Hosts[1]);
        const string Mac = "52:54:00:00:77:01";
        NetworkNamespace victim = await h1.PlugAsync("v1", mac: Mac);
        string address = await victim.ObtainAddressAsync("victim", h1.Lab.Scratch);
        NetworkNamespace thief = await h2.PlugAsync("t2");
        await thief.ObtainAddressAsync("thief", h2.Lab.Scratch);
        NetworkNamespace asker = await h2.PlugAsync("a2");
        await asker.ObtainAddressAsync("asker", h2.Lab.Scratch);
        await Wait.UntilAsync(async () => await HostOfAsync(h2, address) == "h1", "the lease on the other host", seconds: 5);
        await Wait.UntilAsync(
            async () => (await h2.Lab.Host.RunAsync("nft", "list", "set", "bridge", "virtnet_span", "bound4")).Contains($"{address} . {Mac}", StringComparison.Ordinal),
            "the other host to know whose it is", seconds: 5);

        BackgroundProgram[] listening =
            [.. new[] { victim, asker }.Select(guest => guest.Start("python3", Path.Combine(AppContext.BaseDirectory, "Lab", "span_frames.py"), "listen", "4"))];
        BackgroundProgram pinging = asker.Start("ping", "-i", "0.02", "-c", "150", "-W", "1", address);
        await Wait.UntilAsync(() => Task.FromResult(listening.All(each => each.Output.Contains("ready", StringComparison.Ordinal))), "the listeners");
        await thief.RunAsync(
            "python3", Path.Combine(AppContext.BaseDirectory, "Lab", "span_thief.py"), Mac, address, "fd00:100::1:1", "10.100.0.1", "10.100.0.250");
        await thief.ShellAsync($"ip addr flush dev eth0; ip addr add {address}/24 dev eth0");
        Assert.NotEqual(0, (await thief.TryAsync("ping", "-c", "2", "-W", "1", "10.100.0.1")).ExitCode);
        await pinging.WaitForEndAsync();
        Assert.Contains(" 150 received, 0% packet loss", pinging.Output, StringComparison.Ordinal);
        foreach (BackgroundProgram each in listening)
        {
            await each.WaitForEndAsync();
            Assert.Contains("honest-free-arp", each.Output, StringComparison.Ordinal);
            Assert.DoesNotMatch("stolen-(card|arp|probe|packet |packet-tagged|gateway|local)", each.Output.ReplaceLineEndings(" "));
        }

        // Its own guest may use it there, too, when it has moved.
        await h1.Lab.Host.RunAsync("ip", "netns", "del", victim.Name);
        await thief.ShellAsync("ip addr flush dev eth0");
        NetworkNamespace moved = await h2.PlugAsync("v2", mac: Mac);
        await moved.ShellAsync($"ip addr add {address}/24 dev eth0");
        await moved.RunAsync("ping", "-c", "3", "-i", "0.1", "-W", "2", "10.100.0.1");
    }

    [Fact]
    public async Task In_two_parts_both_serve_new_guests_and_no_address_is_given_twice()
    {
        await using FabricLab lab = await StartedAsync();
        (FabricHost h1, FabricHost h2) = (lab.Hosts[0], lab.Hosts[1]);
        const string Mac = "52:54:00:00:77:01";
        NetworkNamespace mover = await h1.PlugAsync("m1", mac: Mac);
        string address = await mover.ObtainAddressAsync("mover", h1.Lab.Scratch);
        await Wait.UntilAsync(async () => await HostOfAsync(h2, address) == "h1", "the lease on the other host", seconds: 5);

        // It moves while its former host hears nothing of it, which then has a guest that asks for just this address.
        await lab.CutOffAsync(h1, isCut: true);
        await h1.Lab.Host.RunAsync("ip", "netns", "del", mover.Name);
        NetworkNamespace moved = await h2.PlugAsync("m2", mac: Mac);
        Assert.Equal(address, await moved.ObtainAddressAsync("mover", h2.Lab.Scratch));
        await h1.Lab.VirtnetAsync("net-release-lease", "lab", "--address", address); // as when it ends by itself
        const string Other = "52:54:00:00:77:02";
        NetworkNamespace thief = await h1.PlugAsync("t1", mac: Other);
        Assert.Equal("NAK", await RebootAsync(thief, Other, address));

        List<string> given = [address];
        for (int i = 0; i < 6; i++)
        {
            foreach (FabricHost host in lab.Hosts)
            {
                NetworkNamespace guest = await host.PlugAsync($"g{i}");
                given.Add(await guest.ObtainAddressAsync($"g{i}-{host.Name}", host.Lab.Scratch));
            }
        }

        Assert.Distinct(given);
        await lab.CutOffAsync(h1, isCut: false);
        await Wait.UntilAsync(
            async () => (await LeasesAsync(h1)).Count == given.Count && (await LeasesAsync(h2)).Count == given.Count, "all to know of all", seconds: 20);
        Assert.Equal("h2", await HostOfAsync(h1, address));
        Assert.Equal("NAK", await RebootAsync(thief, Other, address));
    }

    private static async Task<FabricLab> StartedAsync()
    {
        FabricLab lab = await FabricLab.JoinedAsync();
        await lab.Hosts[0].Lab.NetworkAsync("lab", FabricLab.Network(lab.Hosts[0]));
        foreach (FabricHost host in lab.Hosts.Skip(1))
        {
            await host.WaitForAsync("lab", seconds: 5);
            await host.Lab.VirtnetAsync("net-start", "lab");
        }

        return lab;
    }

    private static async Task<string> RebootAsync(NetworkNamespace guest, string mac, string address) =>
        (await guest.RunAsync("python3", Path.Combine(AppContext.BaseDirectory, "Lab", Script), mac, address)).Trim();

    private static async Task<string> DigAsync(NetworkNamespace guest, params string[] question) =>
        (await guest.RunAsync("dig", ["+short", "+tries=1", "@10.100.0.1", .. question])).Trim();

    /// <summary>Addresses and whose they are, as a host lists them.</summary>
    private static async Task<Dictionary<string, string?>> LeasesAsync(FabricHost host)
    {
        using JsonDocument list = JsonDocument.Parse(await host.Lab.VirtnetAsync("net-dhcp-leases", "lab", "-o", "json"));
        return list.RootElement.GetProperty("result").GetProperty("leases").EnumerateArray().ToDictionary(
            lease => lease.GetProperty("address").GetString()!, lease => lease.TryGetProperty("host", out JsonElement whose) ? whose.GetString() : null);
    }

    private static async Task<string?> HostOfAsync(FabricHost host, string address) => (await LeasesAsync(host)).GetValueOrDefault(address);

    private static void Say(string what) => TestContext.Current.TestOutputHelper?.WriteLine(what);
}
