using System.Text.Json;
using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Two guests on a bridge, one of which works against the other: that one has its address all the same.</summary>
public partial class HostileGuestTests
{
    [Fact]
    public async Task A_guest_that_answers_every_ARP_request_keeps_no_other_from_an_address()
    {
        await using NetworkLab lab = await StartAsync();
        NetworkNamespace evil = await lab.PlugGuestAsync("virbr0", "e");
        NetworkNamespace good = await lab.PlugGuestAsync("virbr0", "g");
        BackgroundProgram answering = evil.Start("python3", Script, "answer");
        await Wait.UntilAsync(() => Task.FromResult(answering.Output.Contains("ready", StringComparison.Ordinal)), "the other guest");
        Assert.StartsWith("ip=10.77.0.", await good.ObtainAsync("udhcpc", "good", lab.Scratch), StringComparison.Ordinal);
        await answering.SignalAsync("TERM");
        Assert.Matches("warn.*Network lab: .* in use by " + await MacAsync(evil) + " behind v.*e,", lab.Daemon!.Output);
    }

    [Fact]
    public async Task A_guest_that_declines_everything_keeps_no_other_from_an_address()
    {
        await using NetworkLab lab = await StartAsync();
        NetworkNamespace evil = await lab.PlugGuestAsync("virbr0", "e");
        NetworkNamespace good = await lab.PlugGuestAsync("virbr0", "g");
        Assert.Matches("declined [1-9]", await evil.RunAsync("python3", Script, "decline", "20"));
        Assert.StartsWith("ip=10.77.0.", await good.ObtainAsync("udhcpc", "good", lab.Scratch), StringComparison.Ordinal);
        Assert.Matches("Network lab: " + await MacAsync(evil) + " behind v.*e declined 10.77.0.", lab.Daemon!.Output);
        Assert.InRange((await CountersAsync(lab))["dhcp4.blocked-now"], 1, 4);
    }

    [Fact]
    public async Task A_guest_that_takes_a_lease_for_each_of_200_MACs_leaves_one_for_a_newcomer()
    {
        await using NetworkLab lab = await StartAsync();
        NetworkNamespace evil = await lab.PlugGuestAsync("virbr0", "e");
        NetworkNamespace known = await lab.PlugGuestAsync("virbr0", "k");
        string address = await known.ObtainAddressAsync("known", lab.Scratch);
        NetworkNamespace newcomer = await lab.PlugGuestAsync("virbr0", "n");
        await evil.RunAsync("python3", Script, "take", "200");
        Assert.True((await CountersAsync(lab))["leases.ipv4"] > 20, "nothing was taken");
        await Wait.UntilAsync(() => ObtainsAsync(newcomer, lab), "an address for the newcomer", seconds: 60);
        Assert.Equal(address, await known.ObtainAddressAsync("known", lab.Scratch));
        Assert.Matches("Network lab: 52:54:00:66:.* behind v.*e gets no address", lab.Daemon!.Output);
    }

    /// <summary>On a busy machine a client may give up before it was heard; what it is not told, it asks again.</summary>
    private static async Task<bool> ObtainsAsync(NetworkNamespace guest, NetworkLab lab)
    {
        try
        {
            return (await guest.ObtainAsync("udhcpc", "new", lab.Scratch)).StartsWith("ip=10.77.0.", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            string counters = string.Join(", ", (await CountersAsync(lab)).Where(counter => counter.Value != 0));
            TestContext.Current.SendDiagnosticMessage($"{e.Message}\n{counters}\n{lab.Daemon!.Output}");
            return false;
        }
    }

    [Theory]
    [InlineData("7", "own")]
    [InlineData("7", "forged")]
    [InlineData("4", "own")]
    [InlineData("4", "forged")]
    public async Task What_another_guest_gives_back_in_a_guests_name_stays(string type, string frames)
    {
        await using NetworkLab lab = await StartAsync();
        NetworkNamespace evil = await lab.PlugGuestAsync("virbr0", "e");
        NetworkNamespace good = await lab.PlugGuestAsync("virbr0", "g");
        string address = await good.ObtainAddressAsync("good", lab.Scratch);
        await evil.RunAsync("python3", Script, "giveback", type, await MacAsync(good), address, frames);
        await Wait.UntilAsync(
            async () => (await CountersAsync(lab))["dhcp4.dropped.other-port"] == 1, "the message to be handled");
        Assert.Contains(address, await lab.VirtnetAsync("net-dhcp-leases", "lab"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_IPv6_nothing_is_given_back_in_anothers_name_and_the_last_addresses_are_kept_too()
    {
        await using NetworkLab lab = await StartAsync();
        NetworkNamespace evil = await lab.PlugGuestAsync("virbr0", "e");
        NetworkNamespace good = await lab.PlugGuestAsync("virbr0", "g");
        NetworkNamespace newcomer = await lab.PlugGuestAsync("virbr0", "n");
        foreach (NetworkNamespace guest in (NetworkNamespace[])[evil, good, newcomer])
        {
            await Wait.UntilAsync(
                async () => !(await guest.RunAsync("ip", "-6", "addr", "show", "dev", "eth0")).Contains("tentative", StringComparison.Ordinal),
                "the link-local address");
        }

        await good.RunAsync("python3", Script, "take6", "1");
        (string duid, string address) = await Lease6Async(lab);
        await evil.RunAsync("python3", Script, "release6", duid, "1", address);
        Assert.Contains(address, await lab.VirtnetAsync("net-dhcp-leases", "lab"), StringComparison.Ordinal);
        Assert.Contains("but its client is behind", lab.Daemon!.Output, StringComparison.Ordinal);

        await evil.RunAsync("python3", Script, "take6", "40");
        Assert.Contains("gets no address: the last ones are kept", lab.Daemon.Output, StringComparison.Ordinal);
        Assert.Equal("taken 1", (await newcomer.RunAsync("python3", Script, "take6", "1")).Trim());
    }

    [Fact]
    public async Task A_guest_gets_its_address_but_not_the_name_of_another()
    {
        await using NetworkLab lab = await StartAsync();
        NetworkNamespace evil = await lab.PlugGuestAsync("virbr0", "e");
        NetworkNamespace good = await lab.PlugGuestAsync("virbr0", "g");
        string address = await good.ObtainAddressAsync("db", lab.Scratch);
        foreach (string name in (string[])["db", "WPAD", "localhost", "reserved"])
        {
            Assert.NotEqual(address, await evil.ObtainAddressAsync(name, lab.Scratch));
        }

        string leases = await lab.VirtnetAsync("net-dhcp-leases", "lab");
        Assert.Single(Regex.Matches(leases, @"\bdb\b"));
        Assert.DoesNotMatch("(?i)wpad|localhost|reserved", leases);
        Assert.Equal(address, (await lab.Host.RunAsync("dig", "+short", "@10.77.0.1", "db")).Trim());
        Assert.Matches("Network lab: " + await MacAsync(evil) + " calls itself 'db', which a running guest has", lab.Daemon!.Output);
    }

    [Fact]
    public async Task Reads_by_the_hundred_keep_no_other_guest_from_a_file()
    {
        await using NetworkLab lab = await StartAsync();
        NetworkNamespace evil = await lab.PlugGuestAsync("virbr0", "e");
        NetworkNamespace good = await lab.PlugGuestAsync("virbr0", "g");
        await evil.ObtainAsync("udhcpc", "evil", lab.Scratch);
        await good.ObtainAsync("udhcpc", "good", lab.Scratch);
        BackgroundProgram reading = evil.Start("python3", Script, "reads", "256", "10.77.0.1");
        await Wait.UntilAsync(() => Task.FromResult(reading.Output.Contains("ready", StringComparison.Ordinal)), "the other guest");
        Assert.Equal("read 4", await FetchAsync(good, "boot"));
        await reading.SignalAsync("TERM");
        Assert.Matches("Network lab: 10.77.0.* gets no further file by TFTP: it has 8 transfers", lab.Daemon!.Output);
    }

    [Fact]
    public async Task A_TFTP_root_is_left_by_no_link_and_a_FIFO_in_it_holds_nobody_up()
    {
        await using NetworkLab lab = await StartAsync();
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0", "g");
        await guest.ObtainAsync("udhcpc", "good", lab.Scratch);
        Assert.StartsWith("error ", await FetchAsync(guest, "fifo"), StringComparison.Ordinal);
        Assert.StartsWith("error ", await FetchAsync(guest, "out"), StringComparison.Ordinal);
        Assert.StartsWith("error ", await FetchAsync(guest, "device"), StringComparison.Ordinal);
        Assert.Equal("read 4", await FetchAsync(guest, "pxelinux.0"));
        Assert.Matches("Network lab: 10.77.0.* asked for 'out' by TFTP, where a link leads out of", lab.Daemon!.Output);
    }

    [Fact]
    public async Task A_setting_lets_links_lead_out_of_a_TFTP_root()
    {
        await using NetworkLab lab = await StartAsync("tftp_follow_links = yes");
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0", "g");
        await guest.ObtainAsync("udhcpc", "good", lab.Scratch);
        Assert.Equal("read 7", await FetchAsync(guest, "out"));
    }

    private sealed record Lease6(string Duid, string Address);

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Lab", "hostile_guest.py");

    private static async Task<NetworkLab> StartAsync(params string[] configuration)
    {
        NetworkLab lab = await NetworkLab.StartAsync(configuration);
        string root = Path.Combine(lab.Scratch, "tftp");
        await lab.Host.RunAsync(
            "sh", "-c",
            """
            set -e; chmod 755 "$1"; mkdir -p "$1/tftp/debian-installer/amd64"; cd "$1/tftp"; printf boot >boot; printf outside >../outside
            cp boot debian-installer/amd64/pxelinux.0; ln -s debian-installer/amd64/pxelinux.0 pxelinux.0
            mkfifo -m 666 fifo; ln -s ../outside out; ln -s /dev/zero device
            """, "sh", lab.Scratch);
        await lab.NetworkAsync("lab", $"""
            <network><name>lab</name><bridge name='virbr0' stp='off'/>
              <ip address='10.77.0.1' prefix='24'><tftp root='{root}'/><dhcp><range start='10.77.0.100' end='10.77.0.129'/>
                <host mac='52:54:00:00:00:03' name='reserved' ip='10.77.0.99'/></dhcp></ip>
              <ip family='ipv6' address='fd00:77::1' prefix='64'><dhcp><range start='fd00:77::10' end='fd00:77::2f'/></dhcp></ip>
            </network>
            """);
        return lab;
    }

    private static async Task<string> MacAsync(NetworkNamespace guest) =>
        (await guest.RunAsync("cat", "/sys/class/net/eth0/address")).Trim();

    private static async Task<string> FetchAsync(NetworkNamespace guest, string file) =>
        (await guest.RunAsync("python3", Script, "fetch", "10.77.0.1", file)).Trim();

    private static async Task<Lease6> Lease6Async(NetworkLab lab)
    {
        Match lease = Ipv6Lease().Match(await lab.VirtnetAsync("net-dhcp-leases", "lab"));
        Assert.True(lease.Success, "no IPv6 lease");
        return new Lease6(lease.Groups[2].Value, lease.Groups[1].Value);
    }

    private static async Task<Dictionary<string, long>> CountersAsync(NetworkLab lab)
    {
        using JsonDocument answer = JsonDocument.Parse(await lab.VirtnetAsync("net-stats", "lab", "-o", "json"));
        return answer.RootElement.GetProperty("result").GetProperty("counters").EnumerateObject()
            .ToDictionary(counter => counter.Name, counter => counter.Value.GetInt64());
    }

    [GeneratedRegex(@"(fd00:77::[0-9a-f]+)/\d+\s.*?((?:[0-9a-f]{2}:)+[0-9a-f]{2})\s*$", RegexOptions.Multiline)]
    private static partial Regex Ipv6Lease();
}
