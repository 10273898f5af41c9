using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;
using VirtNet.Tests.Namespaces;

namespace VirtNet.Daemon.Tests.Namespaces;

/// <summary>From the client's call to the bridge, the rules and the guest's lease, and what of it survives.</summary>
[Collection("one daemon in the namespace at a time")]
public class WholeDaemonTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_network_serves_a_guest_and_is_gone_without_trace_when_it_is_destroyed()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        string before = await TracesAsync(bridge);
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        string guest = await bridge.PlugAsync();

        string address = await bridge.LeaseAsync(guest, "-x hostname:alpha");

        DhcpLease lease = Assert.Single(await daemon.Client.GetDhcpLeasesAsync(network, null, 0, Cancel));
        Assert.Equal((address, "alpha"), (lease.IpAddress, lease.Hostname));
        Assert.Equal(bridge.Name, await daemon.Client.GetBridgeNameAsync(network, Cancel));
        Assert.Contains(await daemon.Client.GetCountersAsync(network, Cancel), counter => counter is { Name: "leases.ipv4", Value: 1 });

        Assert.Equal(address, Assert.Single(await daemon.Client.ReleaseLeasesAsync(network, null, address, Cancel)).IpAddress);
        await daemon.Client.DestroyAsync(network, Cancel);
        await daemon.Client.UndefineAsync(network, Cancel);

        Assert.Equal(before, await TracesAsync(bridge));
        Assert.Empty(await daemon.Client.ListNetworksAsync(0, Cancel));
        Assert.Empty(Directory.GetFiles(daemon["config/networks"], "*.xml"));
    }

    [Fact]
    public async Task A_restart_interrupts_nothing_and_keeps_what_was_running()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        NetworkRef transient = await daemon.Client.CreateAsync(
            $"<network><name>t</name><bridge name='{bridge.Name}t'/></network>", 0, Cancel);
        string guest = await bridge.PlugAsync();
        string address = await bridge.LeaseAsync(guest);
        string before = await TracesAsync(bridge);

        await daemon.StopAsync();
        Assert.Equal(before, await TracesAsync(bridge));
        await daemon.StartAgainAsync();

        Assert.True(await daemon.Client.IsActiveAsync(network, Cancel));
        Assert.False(await daemon.Client.IsPersistentAsync(transient, Cancel));
        Assert.Equal(address, await bridge.LeaseAsync(guest));
        await daemon.Client.DestroyAsync(transient, Cancel);
        Assert.Equal(network, Assert.Single(await daemon.Client.ListNetworksAsync(0, Cancel)));
    }

    [Fact]
    public async Task A_network_that_starts_by_itself_is_up_when_the_daemon_is()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge), 0, Cancel);
        await daemon.Client.SetAutostartAsync(network, true, Cancel);
        Assert.False(await daemon.Client.IsActiveAsync(network, Cancel));

        await daemon.StopAsync();
        File.Delete(daemon["run/autostarted"]); // the host was booted
        await daemon.StartAgainAsync();

        Assert.True(await daemon.Client.GetAutostartAsync(network, Cancel));
        Assert.True(await daemon.Client.IsActiveAsync(network, Cancel));
    }

    [Fact]
    public async Task What_others_break_is_put_back_at_once_and_on_a_reload()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        await daemon.Client.CreateAsync(Nat(bridge), 0, Cancel);
        string before = await TracesAsync(bridge);

        await GuestBridge.ShellAsync($"nft delete table inet virtnet; ip addr flush dev {bridge.Name}");
        await UntilAsync(async () => await TracesAsync(bridge) == before);
        await GuestBridge.ShellAsync($"ip link del {bridge.Name}");
        daemon.HangUp();
        await UntilAsync(async () => await TracesAsync(bridge) == before);
    }

    [Fact]
    public async Task Ports_updates_and_descriptions_are_kept_and_told_to_who_listens()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        string guest = await bridge.PlugAsync();

        NetworkPortRef port = await daemon.Client.CreatePortAsync(network, $"""
            <networkport><uuid>11111111-2222-3333-4444-666666666666</uuid><owner><name>g</name><uuid>11111111-2222-3333-4444-555555555555</uuid></owner>
            <mac address='52:54:00:00:00:07'/></networkport>
            """, 0, Cancel);
        Assert.Contains("52:54:00:00:00:07", await daemon.Client.GetPortXmlAsync(port, 0, Cancel), StringComparison.Ordinal);
        Assert.Equal(port, Assert.Single(await daemon.Client.ListPortsAsync(network, 0, Cancel)));
        Assert.Equal(port, await daemon.Client.LookupPortAsync(network, port.Uuid, Cancel));
        Assert.NotNull(await daemon.Client.GetPortParametersAsync(port, 0, Cancel));
        await daemon.Client.DeletePortAsync(port, 0, Cancel);
        Assert.Empty(await daemon.Client.ListPortsAsync(network, 0, Cancel));

        // Live and in the definition: a host entry (section 4), added last.
        await daemon.Client.UpdateAsync(network, new NetworkUpdateRequest(
            Command: 3, Section: 4, ParentIndex: -1, $"<host mac='52:54:00:00:00:08' ip='{bridge.IPv4(77)}'/>", Flags: 3), Cancel);
        await GuestBridge.InsideAsync(guest, "ip link set eth0 down; ip link set eth0 address 52:54:00:00:00:08; ip link set eth0 up");
        Assert.Equal(bridge.IPv4(77), await bridge.LeaseAsync(guest));

        await daemon.Client.SetMetadataAsync(network, new MetadataChange(1, "a title", null, null, 3), Cancel);
        await daemon.StopAsync();
        await daemon.StartAgainAsync();
        string xml = await daemon.Client.GetXmlAsync(network, 0, Cancel);
        Assert.Contains("a title", xml, StringComparison.Ordinal);
        Assert.Contains(bridge.IPv4(77), xml, StringComparison.Ordinal);
    }

    /// <summary>A MAC address that is made up for a plan is not the one that will be made up for the network.</summary>
    [Fact]
    public async Task A_plan_of_a_file_promises_no_address_that_nobody_chose()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        IReadOnlyList<PlanStep> plan = await daemon.Client.PlanAsync(
            null, System.Text.RegularExpressions.Regex.Replace(Nat(bridge), "<mac [^>]*>", ""), Cancel);
        Assert.Contains(plan, step => step.Detail.StartsWith($"bridge {bridge.Name} stp ", StringComparison.Ordinal));
        Assert.Contains(plan, step => step is { Kind: "firewall", Detail: var rules } && rules.StartsWith($"firewall rules of {bridge.Name} (nat, ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_redefinition_changes_what_runs_and_a_plan_changes_nothing()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge), 0, Cancel);

        IReadOnlyList<PlanStep> plan = await daemon.Client.PlanAsync(network.Name, null, Cancel);
        Assert.Contains(plan, step => step.ToString().Contains(bridge.Name, StringComparison.Ordinal));
        Assert.False(File.Exists($"/sys/class/net/{bridge.Name}/ifindex"));
        Assert.All(plan, step =>
        {
            Assert.DoesNotContain(network.Uuid.ToString(), step.ToString(), StringComparison.Ordinal);
            Assert.False(step.Subject.StartsWith(step.Kind, StringComparison.Ordinal), $"{step.Kind} {step.Subject}");
        });
        Assert.Contains(plan, step => step.Detail.StartsWith($"bridge {bridge.Name} mac ", StringComparison.Ordinal));

        await daemon.Client.StartAsync(network, Cancel);
        string guest = await bridge.PlugAsync();
        await daemon.Client.RedefineAsync(
            Nat(bridge).Replace(bridge.IPv4(99), bridge.IPv4(9), StringComparison.Ordinal)
                .Replace("<forward mode='nat'/>", "<forward mode='route'/>", StringComparison.Ordinal), 0, Cancel);

        Assert.NotEqual("", await bridge.LeaseAsync(guest));
        Assert.Contains("route", await daemon.Client.GetXmlAsync(network, 0, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_libvirts_codes_and_changes_nothing()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.DefineAsync(Nat(bridge), 0, Cancel);
        await daemon.Client.StartAsync(network, Cancel);
        string before = await TracesAsync(bridge);

        VirtNetException again = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Client.StartAsync(network, Cancel));
        Assert.Equal(VirErrorCode.OperationInvalid, again.Code);
        VirtNetException absent = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Client.LookupByNameAsync("absent", Cancel));
        Assert.Equal(VirErrorCode.NoNetwork, absent.Code);
        await Assert.ThrowsAsync<VirtNetException>(() => daemon.Client.CreateAsync(
            Nat(bridge).Replace("<name>n", "<name>m", StringComparison.Ordinal), 0, Cancel)); // the same bridge
        await using LibvirtConnection reader = await daemon.ConnectAsync(readOnly: true);
        Assert.Equal(network, await reader.LookupByNameAsync(network.Name, Cancel));
        await Assert.ThrowsAsync<VirtNetException>(() => reader.DestroyAsync(network, Cancel));

        Assert.Equal(before, await TracesAsync(bridge));
        Assert.True(await daemon.Client.IsActiveAsync(network, Cancel));
        Assert.Empty(await daemon.Client.GetConditionsAsync(network, Cancel));
    }

    [Fact]
    public async Task Sockets_lock_and_folders_that_somebody_removes_are_made_anew_and_a_transient_network_is_not_lost()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await using WholeDaemon daemon = await WholeDaemon.StartAsync();
        NetworkRef network = await daemon.Client.CreateAsync($"<network><name>t</name><bridge name='{bridge.Name}'/></network>", 0, Cancel);
        string[] files = ["run/virtnet-sock", "run/virtnet-sock-ro", "run/virtnetd.pid", "run/networks/t.xml", "run/autostarted"];
        Assert.All(files, file => Assert.True(File.Exists(daemon[file]), file));

        Directory.Delete(daemon["run"], recursive: true);

        await UntilAsync(() => Task.FromResult(files.All(file => File.Exists(daemon[file]))));
        await using LibvirtConnection another = await daemon.ConnectAsync(readOnly: true);
        Assert.True(await another.IsActiveAsync(network, Cancel));
        Assert.Empty(daemon.Conditions.Of(null));
        await daemon.StopAsync();
        await daemon.StartAgainAsync();
        await daemon.Client.DestroyAsync(network, Cancel);
    }

    [Fact]
    public async Task What_somebody_set_on_a_bridge_of_the_host_outlives_a_network_that_would_limit_it_and_the_daemon()
    {
        await using GuestBridge bridge = GuestBridge.Plan();
        await GuestBridge.ShellAsync($"ip link add {bridge.Name} type bridge; ip link set {bridge.Name} up; tc qdisc add dev {bridge.Name} ingress");
        try
        {
            await using WholeDaemon daemon = await WholeDaemon.StartAsync();
            NetworkRef network = await daemon.Client.DefineAsync(
                $"""
                <network><name>b</name><forward mode='bridge'/><bridge name='{bridge.Name}'/><bandwidth><inbound average='1000'/><outbound average='1000'/></bandwidth></network>
                """, 0, Cancel);
            await daemon.Client.StartAsync(network, Cancel);
            Assert.Contains("htb", await QdiscsAsync(bridge), StringComparison.Ordinal);

            await daemon.StopAsync();
            await daemon.StartAgainAsync();
            await daemon.Client.DestroyAsync(network, Cancel);

            Assert.Contains("ingress", await QdiscsAsync(bridge), StringComparison.Ordinal);
            Assert.DoesNotContain("htb", await QdiscsAsync(bridge), StringComparison.Ordinal);
        }
        finally
        {
            await GuestBridge.ShellAsync($"ip link del {bridge.Name}");
        }
    }

    private static Task<string> QdiscsAsync(GuestBridge bridge) => GuestBridge.ShellAsync($"tc qdisc show dev {bridge.Name}");

    private static string Nat(GuestBridge bridge) => $"""
        <network><name>n{bridge.Number}</name><uuid>00000000-0000-0000-0000-000000000{bridge.Number}</uuid><forward mode='nat'/>
        <bridge name='{bridge.Name}' stp='on' delay='0'/><mac address='52:54:00:00:01:{bridge.Number % 100:00}'/>
        <ip address='{bridge.IPv4(1)}' netmask='255.255.255.0'><dhcp><range start='{bridge.IPv4(2)}' end='{bridge.IPv4(99)}'/></dhcp></ip>
        </network>
        """;

    /// <summary>What this host has of a network: its bridge, address and rules.</summary>
    private static Task<string> TracesAsync(GuestBridge bridge) => GuestBridge.ShellAsync($"""
        ip -o link show {bridge.Name} 2>/dev/null | grep -o 'link/ether [^ ]*' || true
        ip -4 -o addr show dev {bridge.Name} 2>/dev/null | awk '{"{"} print $4 {"}"}'
        nft -s list ruleset | grep {bridge.Name} || true
        """);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }
}
