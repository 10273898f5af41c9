using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>net-define --live: a network becomes another one under its guests.</summary>
public class LiveRedefinitionTests
{
    // Only the value of the limit changes: a queue that comes or goes costs the kernel a packet now and then.
    private const string Before = """
        <network><name>lab</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/><domain name='old.test'/>
          <bandwidth><inbound average='50000'/></bandwidth>
          <ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.2' end='192.168.122.6'/></dhcp></ip>
          <ip address='192.168.200.1' prefix='24'/>
          <route address='10.8.0.0' prefix='16' gateway='192.168.122.9'/>
        </network>
        """;

    /// <summary>All that can change does; UUID, MAC and bridge name are left open.</summary>
    private const string After = """
        <network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><name>lab</name><title>changed</title>
          <forward mode='nat' dev='up0'><nat><port start='20000' end='30000'/></nat></forward>
          <bridge stp='off' delay='2'/><mtu size='1400'/><domain name='new.test' localOnly='yes'/>
          <dns><txt name='t.new.test' value='told'/><host ip='192.168.122.77'><hostname>h.new.test</hostname></host></dns>
          <bandwidth><inbound average='100000'/></bandwidth>
          <ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.100' end='192.168.122.109'/>
            <host mac='52:54:00:00:00:07' name='seven' ip='192.168.122.7'/></dhcp></ip>
          <ip address='192.168.201.1' prefix='24'/>
          <ip family='ipv6' address='fd00:122::1' prefix='64'/>
          <route address='10.9.0.0' prefix='16' gateway='192.168.122.9'/>
          <portgroup name='p'/>
          <dnsmasq:options><dnsmasq:option value='dhcp-option=42,192.168.122.5'/></dnsmasq:options>
        </network>
        """;

    [Fact]
    public async Task A_guests_flow_goes_on_while_everything_changes_and_all_of_it_is_in_force()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        await lab.NetworkAsync("lab", Before);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        await guest.ObtainAsync("udhcpc", "first", lab.Scratch);
        string identity = await IdentityAsync(lab);
        UdpFlow flow = await UdpFlow.StartAsync(lab, guest, outside);
        for (int round = 0; round < 3; round++)
        {
            await RedefineAsync(lab, After);
            await RedefineAsync(lab, Before);
        }

        string said = await RedefineAsync(lab, After);

        Assert.Matches("lost 0 of [0-9]{3,}", await flow.StopAsync());
        Assert.Contains(" ~ stp yes -> no: applied\n", said, StringComparison.Ordinal);
        Assert.Contains(" + mtu 1400: needs lease renewal\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", said, StringComparison.Ordinal);
        Assert.Equal(identity, await IdentityAsync(lab));
        await AssertServedAsync(lab, guest);
    }

    /// <summary>libvirt 11.3 sets one on each bridge, and it stays when the bridge is taken over: to remove it loses packets.</summary>
    [Fact]
    public async Task A_root_discipline_without_classes_on_the_bridge_takes_the_networks_limit()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.AddOutsideAsync();
        await lab.NetworkAsync("lab", Before.Replace("<bandwidth><inbound average='50000'/></bandwidth>", "", StringComparison.Ordinal));
        await lab.Host.RunAsync("tc", "qdisc", "add", "dev", "virbr0", "root", "handle", "1:", "htb", "default", "2");

        await RedefineAsync(lab, Before);

        string classes = await lab.Host.RunAsync("tc", "class", "show", "dev", "virbr0");
        Assert.Contains("class htb 1:1 root rate 400Mbit", classes, StringComparison.Ordinal);
        Assert.Contains("class htb 1:2 parent 1:1", classes, StringComparison.Ordinal);
    }

    /// <summary>Each of them, whatever ran before it, leaves the host as a start would have.</summary>
    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public async Task The_host_becomes_what_a_start_would_have_made_of_it(string backend)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync($"firewall_backend = \"{backend}\"");
        await lab.AddOutsideAsync();
        string[] definitions =
        [
            Before,
            After,
            Before.Replace("nat", "route", StringComparison.Ordinal),
            Before.Replace("nat", "open", StringComparison.Ordinal),
            Before.Replace("<forward mode='nat'/>", "", StringComparison.Ordinal),
            "<network><name>lab</name><bridge name='virbr0'/></network>",
        ];
        List<string> started = [];
        foreach (string definition in definitions)
        {
            await lab.NetworkAsync("lab", Identified(definition));
            started.Add(await StateAsync(lab));
            await lab.VirtnetAsync("net-destroy", "lab");
        }

        await lab.NetworkAsync("lab", Identified(definitions[0]));
        foreach (int next in (int[])[1, 2, 3, 4, 5, 1, 4, 3, 5, 2, 0])
        {
            await RedefineAsync(lab, definitions[next]);
            Assert.Equal(started[next], await StateAsync(lab));
        }
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_as_a_whole()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.AddOutsideAsync();
        await lab.NetworkAsync("lab", Before);
        string before = await StateAsync(lab);

        CommandResult bridge = await TryRedefineAsync(lab, After.Replace("<bridge ", "<bridge name='virbr9' ", StringComparison.Ordinal));
        CommandResult subnet = await TryRedefineAsync(lab, After.Replace("192.168.201.1", "203.0.113.77", StringComparison.Ordinal));

        Assert.Equal(1, bridge.ExitCode);
        Assert.Contains(" ~ bridge-name virbr0 -> virbr9: needs restart\n", bridge.Output, StringComparison.Ordinal);
        Assert.Equal(1, subnet.ExitCode);
        Assert.Contains("Network is already in use by interface up0", subnet.Error, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync(lab));
        Assert.Contains("old.test", await lab.VirtnetAsync("net-dumpxml", "lab"), StringComparison.Ordinal);
    }

    /// <summary>What a guest that comes now gets, and what the host does.</summary>
    private static async Task AssertServedAsync(NetworkLab lab, NetworkNamespace guest)
    {
        NetworkNamespace second = await lab.PlugGuestAsync("virbr0", "g2");
        string told = await second.ObtainAsync("udhcpc", "second", lab.Scratch);
        Assert.Matches("^ip=192.168.122.10[0-9] router=192.168.122.1 dns=192.168.122.1 domain=new.test", told);
        string script = Path.Combine(lab.Scratch, "options.script");
        string options = await second.ShellAsync(
            $"printf '#!/bin/sh\\nenv' > {script}; chmod +x {script}; "
            + $"udhcpc -i eth0 -f -q -n -s {script} -O mtu -O ntpsrv | grep -E '^(mtu|ntpsrv)=' | sort -u");
        Assert.Equal("mtu=1400\nntpsrv=192.168.122.5\n", options);
        NetworkNamespace seventh = await lab.PlugGuestAsync("virbr0", "g7");
        await seventh.RunAsync("ip", "link", "set", "eth0", "address", "52:54:00:00:00:07");
        Assert.StartsWith("ip=192.168.122.7 ", await seventh.ObtainAsync("udhcpc", "x", lab.Scratch), StringComparison.Ordinal);
        Assert.Equal("\"told\"", await DigAsync(guest, "TXT", "t.new.test"));
        Assert.Equal("192.168.122.77", await DigAsync(guest, "A", "h.new.test"));
        await Wait.UntilAsync(
            async () => (await guest.RunAsync("ip", "-6", "addr")).Contains("fd00:122::", StringComparison.Ordinal),
            "an address of the new prefix");
        string host = await StateAsync(lab);
        Assert.Contains("20000-30000", host, StringComparison.Ordinal);
        Assert.Contains("10.9.0.0/16 via 192.168.122.9 dev virbr0", host, StringComparison.Ordinal);
        Assert.DoesNotContain("10.8.0.0", host, StringComparison.Ordinal);
        Assert.Contains("inet 192.168.201.1/24", host, StringComparison.Ordinal);
        Assert.DoesNotContain("192.168.200.1", host, StringComparison.Ordinal);
        Assert.Contains("rate 800Mbit", await lab.Host.RunAsync("tc", "class", "show", "dev", "virbr0"), StringComparison.Ordinal);
        string link = await lab.Host.RunAsync("ip", "-d", "link", "show", "virbr0");
        Assert.Contains("mtu 1400", link, StringComparison.Ordinal);
        Assert.Contains("forward_delay 200 ", link, StringComparison.Ordinal);
        Assert.Contains("stp_state 0", link, StringComparison.Ordinal);
        Assert.Contains("<title>changed</title>", await lab.VirtnetAsync("net-dumpxml", "lab", "--inactive"), StringComparison.Ordinal);
    }

    private static string Identified(string definition) => definition.Replace(
        "<name>lab</name>",
        "<name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid><mac address='52:54:00:00:00:99'/>",
        StringComparison.Ordinal)
        .Replace("<bridge stp", "<bridge name='virbr0' stp", StringComparison.Ordinal);

    /// <summary>Of the bridge and of the plugged-in port: neither is ever made anew.</summary>
    private static async Task<string> IdentityAsync(NetworkLab lab) => await lab.Host.ShellAsync(
        "cat /sys/class/net/virbr0/ifindex /sys/class/net/virbr0/address; ip -o link show master virbr0 | cut -d: -f1,2")
        + await lab.VirtnetAsync("net-info", "lab");

    /// <summary>
    /// Without what the kernel adds by itself; forwarding, which once needed stays on for good; and what is said about
    /// duplicate addresses, which means nothing where there is no IPv6.
    /// </summary>
    /// <summary>Sorted: sets are listed in the order in which they were made.</summary>
    private static async Task<string> StateAsync(NetworkLab lab) => string.Join(
        '\n',
        (await lab.HostStateAsync()).Split('\n').Where(line =>
            !line.Contains("fe80", StringComparison.Ordinal)
            && !line.Contains("forwarding", StringComparison.Ordinal)
            && !line.Contains("accept_dad", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private static async Task<string> RedefineAsync(NetworkLab lab, string definition)
    {
        CommandResult result = await TryRedefineAsync(lab, definition);
        Assert.True(result.ExitCode == 0, $"{result}\n{lab.Daemon!.Output}");
        return result.Output;
    }

    private static async Task<CommandResult> TryRedefineAsync(NetworkLab lab, string definition)
    {
        string file = Path.Combine(lab.Scratch, "redefinition.xml");
        await File.WriteAllTextAsync(file, definition, TestContext.Current.CancellationToken);
        return await lab.TryVirtnetAsync("net-define", "--live", file);
    }

    private static async Task<string> DigAsync(NetworkNamespace guest, string type, string name) =>
        (await guest.RunAsync("dig", "+short", "+time=2", "+tries=1", "@192.168.122.1", type, name)).Trim();
}
