using System.Globalization;
using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Fabric;

/// <summary>Hosts of a fabric that all have its FRRouting, with network lab on each; and what is asked of them.</summary>
internal static class FrrFabric
{
    private const string Tunnel = "vn5077";

    public static async Task<FabricLab> JoinedAsync(int hosts = 3)
    {
        Assert.SkipUnless(File.Exists("/usr/lib/frr/bgpd"), "needs frr");
        FabricLab lab = await FabricLab.StartAsync(hosts);
        try
        {
            await Task.WhenAll(lab.Hosts.Select(host => host.JoinAsync(lab.Endpoints, frr: true)));
            await Wait.UntilAsync(
                async () => Regex.Count((await lab.Hosts[0].TryFabricAsync("list")).Output, "\\bup\\b") == hosts, "all members", seconds: 20);
            await lab.Hosts[0].Lab.NetworkAsync("lab", FabricLab.Network(lab.Hosts[0]));
            foreach (FabricHost host in lab.Hosts.Skip(1))
            {
                await host.WaitForAsync("lab", seconds: 10);
                await host.Lab.VirtnetAsync("net-start", "lab");
            }

            foreach (FabricHost host in lab.Hosts)
            {
                await UntilFloodedAsync(host, hosts - 1);
                await Wait.UntilAsync(
                    async () => Regex.Count(await host.AskFrrAsync("show bgp l2vpn evpn summary json"), "\"state\":\"Established\"") == hosts - 1,
                    $"the sessions of {host.Name}; its daemon says:\n{host.Daemon!.Output}", seconds: 20);
            }

            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public static async Task<NetworkNamespace> PlugAsync(FabricHost host, int number)
    {
        NetworkNamespace guest = await host.Lab.PlugGuestAsync(await BridgeAsync(host));
        await guest.ShellAsync($"ip link set eth0 mtu 1450; ip addr add 10.100.0.{number}/24 dev eth0");
        return guest;
    }

    public static async Task<string> BridgeAsync(FabricHost host) =>
        (await host.Lab.VirtnetAsync("net-info", "lab")).Split('\n').Single(line => line.StartsWith("Bridge:", StringComparison.Ordinal))[7..].Trim();

    public static async Task<string> MacAsync(NetworkNamespace guest) => (await guest.RunAsync("cat", "/sys/class/net/eth0/address")).Trim();

    public static Task<string> FdbAsync(FabricHost host) => host.Lab.Host.RunAsync("bridge", "fdb", "show", "dev", Tunnel);

    public static Task UntilKnownAsync(FabricHost host, string mac, FabricHost behind) => Wait.UntilAsync(
        async () => (await FdbAsync(host)).Contains($"{mac} dst {behind.Address} self extern_learn", StringComparison.Ordinal),
        $"{host.Name} to be told that {mac} is on {behind.Name}", seconds: 15);

    public static Task UntilFloodedAsync(FabricHost host, int others = 2) => Wait.UntilAsync(
        async () => Regex.Count(await FdbAsync(host), "00:00:00:00:00:00 dst") == others, $"what is for everybody to go from {host.Name} to all others", seconds: 15);

    public static int Received(string output) => int.Parse(Regex.Match(output, "([0-9]+) received").Groups[1].Value, CultureInfo.InvariantCulture);
}
