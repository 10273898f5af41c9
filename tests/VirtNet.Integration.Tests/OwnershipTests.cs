using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>What is somebody else's stays as it is, and what is virtnet's stays virtnet's, whatever becomes of the daemon.</summary>
public class OwnershipTests
{
    private const string Nat = """
        <network><name>lab</name><uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid><forward mode='nat'/><bridge name='br0'/>
          <bandwidth><inbound average='1000'/><outbound average='1000'/></bandwidth><ip address='10.9.50.1' prefix='24'/></network>
        """;

    private const string Bridged =
        "<network><name>lab</name><uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid><forward mode='bridge'/><bridge name='br0'/></network>";

    /// <summary>A bridge of the host with an address, a port, a route and limits of its own.</summary>
    private const string MakeBridge = """
        ip link add br0 type bridge; ip addr add 172.30.0.1/24 dev br0; ip link set br0 up
        ip link add p0 type veth peer name p1; ip link set p0 master br0 up; ip route add 10.200.0.0/16 via 172.30.0.9
        tc qdisc add dev br0 root handle 1: htb default 2; tc qdisc add dev br0 ingress
        tc class add dev br0 parent 1: classid 1:1 htb rate 5mbit; tc class add dev br0 parent 1:1 classid 1:2 htb rate 1mbit
        """;

    private const string StateOfBridge = """
        ip -br -4 addr show br0; ip -br link show master br0 | cut -d' ' -f1; ip route show dev br0; tc qdisc show dev br0
        tc class show dev br0; cat /proc/sys/net/ipv6/conf/br0/accept_ra /proc/sys/net/ipv6/conf/br0/disable_ipv6; nft list ruleset
        """;

    private const string Ports = "ip -br link show master virbr0 | cut -d' ' -f1";

    [Theory]
    [InlineData("start")]
    [InlineData("create")]
    [InlineData("subnet")]
    [InlineData("hook start")]
    [InlineData("hook started")]
    [InlineData("mtu")]
    [InlineData("edited")]
    [InlineData("autostart")]
    [InlineData("killed")]
    public async Task A_bridge_of_the_host_outlives_a_network_that_wants_it(string how)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.Host.ShellAsync(MakeBridge);
        string before = await lab.Host.ShellAsync(StateOfBridge);
        switch (how)
        {
            case "create":
                string file = Path.Combine(lab.Scratch, "created.xml");
                await File.WriteAllTextAsync(file, Nat, TestContext.Current.CancellationToken);
                Assert.NotEqual(0, (await lab.TryVirtnetAsync("net-create", file)).ExitCode);
                break;
            case "edited":
                await lab.NetworkAsync("lab", Bridged);
                await lab.VirtnetAsync("net-destroy", "lab");
                await RefusedAsync(lab, Nat);
                break;
            case "autostart":
                await lab.NetworkAsync("lab", Nat, start: false);
                await lab.VirtnetAsync("net-autostart", "lab");
                File.Delete(Path.Combine(lab.RuntimeDirectory, "autostarted"));
                await RestartAsync(lab);
                break;
            case "killed": // in the middle of a start: the state file is there
                await lab.NetworkAsync("lab", Nat, start: false);
                File.Copy(
                    Path.Combine(lab.ConfigDirectory, "networks", "lab.xml"), Path.Combine(lab.RuntimeDirectory, "networks", "lab.xml"));
                await RestartAsync(lab);
                break;
            case "hook start" or "hook started":
                WriteHook(lab, refused: how["hook ".Length..]);
                await RefusedAsync(lab, how == "hook start" ? Nat : Bridged);
                break;
            default:
                await RefusedAsync(lab, how switch
                {
                    "subnet" => Nat.Replace("10.9.50.1", "172.30.0.7", StringComparison.Ordinal),
                    "mtu" => Nat.Replace("<bandwidth>", "<mtu size='4'/><bandwidth>", StringComparison.Ordinal),
                    _ => Nat,
                });
                break;
        }

        Assert.Equal(before, await lab.Host.ShellAsync(StateOfBridge));
    }

    [Fact]
    public async Task Beside_libvirt_its_bridge_and_guests_stay_when_a_network_with_its_name_is_refused()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync("firewall_backend = \"iptables\"");
        await using LibvirtDaemon libvirt = await LibvirtDaemon.StartAsync(lab.Host);
        await libvirt.CreateAsync(
            "<network><name>default</name><forward mode='nat'/><bridge name='virbr0'/><ip address='192.168.122.1' prefix='24'/></network>");
        await lab.Host.ShellAsync("ip tuntap add vnet0 mode tap; ip link set vnet0 master virbr0 up");
        const string state = "ip -br addr show virbr0 | awk '{print $1, $3}'; ip -br link show master virbr0 | cut -d' ' -f1; iptables-save | grep -v '^[#:]'";
        string before = await lab.Host.ShellAsync(state);

        await RefusedAsync(lab, LabNetworks.Default.Replace("192.168.122", "192.168.123", StringComparison.Ordinal), name: "default");
        await RestartAsync(lab);

        Assert.Equal(before, await lab.Host.ShellAsync(state));
    }

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public async Task A_network_goes_on_although_its_state_was_lost_and_its_rules_were_never_away(string backend)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync($"firewall_backend = \"{backend}\"");
        await lab.NetworkAsync("default", LabNetworks.Default);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        string before = await lab.HostStateAsync();

        await RestartAsync(lab, meanwhile: "rm -rf " + Path.Combine(lab.RuntimeDirectory, "networks"));

        await Wait.UntilAsync(async () => await lab.HostStateAsync() == before, "the host to be as it was");
        Assert.Contains("active", await lab.VirtnetAsync("net-list"), StringComparison.Ordinal);
        Assert.NotEqual("", await guest.ObtainAsync("udhcpc", "alpha", lab.Scratch));
        Assert.Contains("its state was lost", lab.Daemon!.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Guests_are_plugged_in_again_when_their_network_is_stopped_and_started(bool restart)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", LabNetworks.Default);
        await lab.Host.ShellAsync("ip tuntap add vnet0 mode tap; ip link set vnet0 master virbr0 up; bridge link set dev vnet0 isolated on");

        Assert.Contains("vnet0 (", await lab.VirtnetAsync("-o", "json", "net-destroy", "default"), StringComparison.Ordinal);
        if (restart)
        {
            await RestartAsync(lab);
        }

        await lab.VirtnetAsync("net-start", "default");

        Assert.Equal("vnet0\n", await lab.Host.ShellAsync(Ports));
        Assert.Contains("isolated on", await lab.Host.ShellAsync("bridge -d link show dev vnet0"), StringComparison.Ordinal);
        Assert.DoesNotContain("vnet0", await lab.VirtnetAsync("-o", "json", "net-info", "default"), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(NetworkLab lab, string xml, string name = "lab")
    {
        await lab.NetworkAsync(name, xml, start: false);
        Assert.NotEqual(0, (await lab.TryVirtnetAsync("net-start", name)).ExitCode);
    }

    private static async Task RestartAsync(NetworkLab lab, string? meanwhile = null)
    {
        await lab.Daemon!.SignalAsync("KILL");
        if (meanwhile is not null)
        {
            await lab.Host.ShellAsync(meanwhile);
        }

        await lab.StartDaemonAsync();
    }

    private static void WriteHook(NetworkLab lab, string refused)
    {
        string folder = Directory.CreateDirectory(Path.Combine(lab.ConfigDirectory, "hooks")).FullName;
        string script = Path.Combine(folder, "network");
        File.WriteAllText(script, $"#!/bin/sh\n[ \"$2\" != {refused} ]\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
