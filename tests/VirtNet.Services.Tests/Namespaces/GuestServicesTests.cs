using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Model.Conditions;
using VirtNet.Services.Leases;
using VirtNet.Tests.Namespaces;

namespace VirtNet.Services.Tests.Namespaces;

/// <summary>All services together, asked by the clients that guests really have.</summary>
public class GuestServicesTests
{
    private const string DualStack = """
        <domain name='lab.test'/>
        <ip address='192.168.N.1' prefix='24'><dhcp><range start='192.168.N.2' end='192.168.N.9'/></dhcp></ip>
        <ip family='ipv6' address='fd00:N::1' prefix='64'><dhcp><range start='fd00:N::100' end='fd00:N::1ff'/></dhcp></ip>
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_gets_an_address_a_name_and_answers_about_it()
    {
        await using ServedNetwork network = await ServedNetwork.StartAsync(DualStack);
        string guest = await network.Bridge.PlugAsync();

        string address = await network.Bridge.LeaseAsync(guest, "-x hostname:alpha");

        string server = network.Bridge.IPv4(1);
        string ask = $"dig +time=2 +tries=2 @{server}";
        Assert.Equal(address, await GuestBridge.InsideAsync(guest, $"{ask} +short alpha.lab.test"));
        Assert.Equal("alpha.lab.test.", await GuestBridge.InsideAsync(guest, $"{ask} +short -x {address}"));
        Assert.Equal("203.0.113.5", await GuestBridge.InsideAsync(guest, $"{ask} +short of-the-host"));
        Assert.Equal("203.0.113.7", await GuestBridge.InsideAsync(guest, $"{ask} +short test.example"));
        Assert.Equal("203.0.113.7", await GuestBridge.InsideAsync(guest, $"{ask} +tcp +short test.example"));
        Lease lease = Assert.Single(network.Services.GetLeases(network.Live.Uuid!.Value));
        Assert.Equal(address, lease.Address.ToString());
        Assert.Contains(network.Services.GetCounters(lease.Network), counter => counter is { Name: "leases.ipv4", Value: 1 });
    }

    [Fact]
    public async Task A_guest_learns_of_IPv6_from_advertisements_and_gets_an_address()
    {
        await using ServedNetwork network = await ServedNetwork.StartAsync(DualStack);
        string guest = await network.Bridge.PlugAsync();
        await GuestBridge.InsideAsync(guest, "for i in $(seq 50); do ip -6 addr show dev eth0 | grep -q tentative || break; sleep 0.1; done");

        string advertised = await GuestBridge.InsideAsync(guest, "rdisc6 -1 eth0");
        await GuestBridge.InsideAsync(guest, $"timeout 20 dhclient -6 -1 -sf /bin/true -lf {network.Folder["leases6"]} -pf {network.Folder["pid6"]} eth0; "
            + $"kill $(cat {network.Folder["pid6"]}) 2>/dev/null || true");

        Assert.Contains($"fd00:{network.Bridge.Number}::/64", advertised, StringComparison.Ordinal);
        Lease lease = Assert.Single(network.Services.GetLeases(network.Live.Uuid!.Value));
        Assert.StartsWith($"fd00:{network.Bridge.Number}::1", lease.Address.ToString(), StringComparison.Ordinal);
        Assert.Contains(lease.Address.ToString(), await File.ReadAllTextAsync(network.Folder["leases6"], Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redefinition_changes_what_is_served_and_keeps_what_was_leased()
    {
        await using ServedNetwork network = await ServedNetwork.StartAsync(DualStack);
        string guest = await network.Bridge.PlugAsync();
        string address = await network.Bridge.LeaseAsync(guest, "-x hostname:alpha");

        await network.ApplyAsync("""
            <domain name='other.test' localOnly='yes'/><dns><host ip='192.0.2.9'><hostname>added.other.test</hostname></host></dns>
            <ip address='192.168.N.1' prefix='24'><dhcp><range start='192.168.N.2' end='192.168.N.30'/></dhcp></ip>
            """);

        string ask = $"dig +time=2 +tries=2 +short @{network.Bridge.IPv4(1)}";
        Assert.Equal(address, await GuestBridge.InsideAsync(guest, $"{ask} alpha.other.test"));
        Assert.Equal("192.0.2.9", await GuestBridge.InsideAsync(guest, $"{ask} added.other.test"));
        Assert.Equal(address, await network.Bridge.LeaseAsync(guest));
    }

    [Fact]
    public async Task A_restart_forgets_no_lease_and_a_network_that_is_gone_leaves_none()
    {
        await using ServedNetwork network = await ServedNetwork.StartAsync(DualStack);
        string guest = await network.Bridge.PlugAsync();
        string address = await network.Bridge.LeaseAsync(guest);

        await network.RestartAsync();

        Guid uuid = network.Live.Uuid!.Value;
        Assert.Equal(address, Assert.Single(network.Services.GetLeases(uuid)).Address.ToString());
        Assert.Equal(address, await network.Bridge.LeaseAsync(guest));

        await network.Services.ForgetAsync(network.Live, Cancel);
        Assert.Empty(network.Services.GetLeases(uuid));
        using (LeaseStore next = new(network.Folder["state"], TimeProvider.System, new ConditionBoard(), NullLogger<LeaseStore>.Instance))
        {
            Assert.Empty(next.Snapshot(uuid)); // on disk, too: whoever is told that the network is gone may be told so for good
        }

        Assert.Equal("", await network.Bridge.LeaseAsync(guest));
    }

    [Fact]
    public async Task A_lease_that_is_taken_away_is_free_for_another_guest()
    {
        await using ServedNetwork network = await ServedNetwork.StartAsync("""
            <ip address='192.168.N.1' prefix='24'><dhcp><range start='192.168.N.2' end='192.168.N.2'/></dhcp></ip>
            """);
        string first = await network.Bridge.PlugAsync();
        string address = await network.Bridge.LeaseAsync(first);
        await GuestBridge.InsideAsync(first, "ip addr flush dev eth0");

        IReadOnlyList<Lease> released = await network.Services.ReleaseLeasesAsync(network.Live, _ => true, Cancel);

        Assert.Equal(address, Assert.Single(released).Address.ToString());
        string second = await network.Bridge.PlugAsync();
        Assert.Equal(address, await network.Bridge.LeaseAsync(second));
    }

    [Fact]
    public async Task A_guest_boots_from_the_tftp_folder_that_its_lease_names()
    {
        await using ServedNetwork network = await ServedNetwork.StartAsync("<ip address='192.168.N.1' prefix='24'/>");
        byte[] image = new byte[70_000];
        Random.Shared.NextBytes(image);
        Directory.CreateDirectory(network.Folder["tftp"]);
        await File.WriteAllBytesAsync(network.Folder["tftp/boot.img"], image, Cancel);
        await network.ApplyAsync("""
            <ip address='192.168.N.1' prefix='24'><tftp root='FOLDER/tftp'/>
            <dhcp><range start='192.168.N.2' end='192.168.N.9'/><bootp file='boot.img'/></dhcp></ip>
            """);
        string guest = await network.Bridge.PlugAsync();
        await network.Bridge.LeaseAsync(guest);

        string received = network.Folder["received"];
        await GuestBridge.InsideAsync(guest, $"busybox tftp -g -r boot.img -l {received} {network.Bridge.IPv4(1)}");

        Assert.Equal(image, await File.ReadAllBytesAsync(received, Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() =>
            GuestBridge.InsideAsync(guest, $"busybox tftp -g -r absent.img -l {received}.absent {network.Bridge.IPv4(1)}"));
    }

    [Fact]
    public async Task Nothing_listens_any_more_once_a_network_is_stopped()
    {
        await using ServedNetwork network = await ServedNetwork.StartAsync(DualStack);
        await network.Services.StopAsync(network.Live, Cancel);

        Assert.Equal("", await GuestBridge.ShellAsync($"ss -Hlnut | grep -F '{network.Bridge.IPv4(1)}:' || true"));
    }
}
