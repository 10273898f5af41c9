using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>The main job: from a definition to a guest with an address, a name and a way out.</summary>
public class GuestJourneyTests
{
    private const string Nat = """
        <network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/><domain name='lab.test'/>
          <ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
        </network>
        """;

    private const string Isolated = """
        <network><name>island</name><bridge name='virbr5'/>
          <ip address='192.168.150.1' netmask='255.255.255.0'><dhcp><range start='192.168.150.2' end='192.168.150.254'/></dhcp></ip>
        </network>
        """;

    private const string PrintPeer = """
        import socket
        listener = socket.create_server(("0.0.0.0", 8080))
        while True:
            connection, peer = listener.accept()
            connection.sendall(f"{peer[0]} {peer[1]}".encode())
            connection.close()
        """;

    private const string ReadPeer = """
        import socket, sys
        connection = socket.create_connection((sys.argv[1], 8080), timeout=3)
        print(connection.recv(100).decode())
        """;

    [Theory]
    [InlineData("udhcpc")]
    [InlineData("dhclient")]
    public async Task A_guest_on_a_nat_network_has_an_address_a_name_and_a_way_out(string client)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        outside.Start("dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null",
            "--pid-file", "--address=/outside.test/198.51.100.7", "--listen-address=" + NetworkLab.OutsideAddress);
        outside.Start("python3", "-c", PrintPeer);
        await lab.NetworkAsync("default", Nat);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");

        string told = await guest.ObtainAsync(client, "alpha", lab.Scratch);

        Assert.Contains("router=192.168.122.1 dns=192.168.122.1 domain=lab.test", told, StringComparison.Ordinal);
        string address = told["ip=".Length..told.IndexOf(' ', StringComparison.Ordinal)];
        Assert.Contains("default via 192.168.122.1", await guest.RunAsync("ip", "route"), StringComparison.Ordinal);
        Assert.Equal(address, await DigAsync(guest, "alpha.lab.test"));
        await Wait.UntilAsync(async () => await DigAsync(guest, "www.outside.test") == "198.51.100.7", "a forwarded name");

        string[] seen = (await guest.RunAsync("python3", "-c", ReadPeer, NetworkLab.OutsideAddress)).Trim().Split(' ');
        Assert.Equal(NetworkLab.UplinkAddress, seen[0]);
        Assert.InRange(int.Parse(seen[1], System.Globalization.CultureInfo.InvariantCulture), 1024, 65535);

        guest.Start("python3", "-c", PrintPeer);
        await outside.RunAsync("ip", "route", "add", "192.168.122.0/24", "via", NetworkLab.UplinkAddress);
        Assert.NotEqual(0, (await outside.TryAsync("python3", "-c", ReadPeer, address)).ExitCode);
        Assert.Contains(address, await lab.VirtnetAsync("net-dhcp-leases", "default"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_on_an_isolated_network_reaches_its_host_and_peers_and_nothing_else()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        outside.Start("python3", "-c", PrintPeer);
        lab.Host.Start("python3", "-c", PrintPeer);
        await lab.NetworkAsync("island", Isolated);
        NetworkNamespace first = await lab.PlugGuestAsync("virbr5", "g1");
        NetworkNamespace second = await lab.PlugGuestAsync("virbr5", "g2");
        string told = await first.ObtainAsync("udhcpc", "one", lab.Scratch);
        string peer = await second.ObtainAddressAsync("two", lab.Scratch);
        second.Start("python3", "-c", PrintPeer);

        Assert.Contains("router= ", told, StringComparison.Ordinal);
        await first.RunAsync("ip", "route", "add", "default", "via", "192.168.150.1");
        await Wait.UntilAsync(async () => await ReachesAsync(first, peer), "the peer to be reachable");
        await Wait.UntilAsync(async () => await ReachesAsync(first, "192.168.150.1"), "the host to be reachable");
        Assert.False(await ReachesAsync(first, NetworkLab.OutsideAddress));
    }

    private static async Task<bool> ReachesAsync(NetworkNamespace guest, string address) =>
        (await guest.TryAsync("python3", "-c", ReadPeer, address)).ExitCode == 0;

    private static async Task<string> DigAsync(NetworkNamespace guest, string name) =>
        (await guest.RunAsync("dig", "+short", "+time=2", "+tries=1", "@192.168.122.1", name)).Trim();
}
