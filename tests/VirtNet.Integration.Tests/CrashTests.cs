using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>The daemon dies at the worst moment; nothing a guest was promised is lost.</summary>
public class CrashTests
{
    private static string Load { get; } = Path.Combine(AppContext.BaseDirectory, "Lab", "dhcp_load.py");

    [Fact]
    public async Task Every_acknowledged_lease_survives_a_kill_and_traffic_never_stops()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.AddOutsideAsync();
        await lab.NetworkAsync("default", LabNetworks.Wide);
        NetworkNamespace crowd = await lab.PlugGuestAsync("virbr0", "g1");
        NetworkNamespace talker = await lab.PlugGuestAsync("virbr0", "g2");
        await talker.ShellAsync("ip addr add 192.168.0.9/16 dev eth0; ip route add default via 192.168.0.1");
        await Wait.UntilAsync(
            async () => (await talker.TryAsync("ping", "-c1", "-W1", NetworkLab.OutsideAddress)).ExitCode == 0, "a way out");

        BackgroundProgram clients = crowd.Start("python3", Load, "300", "100", "3.5");
        BackgroundProgram ping = talker.Start("ping", "-i", "0.02", "-c", "250", NetworkLab.OutsideAddress);
        await Wait.UntilAsync(() => Task.FromResult(Acknowledged(clients).Count >= 100), "a hundred leases");
        await lab.Daemon!.SignalAsync("KILL");
        string before = await lab.HostStateAsync();
        await lab.StartDaemonAsync();
        await clients.WaitForEndAsync();
        await ping.WaitForEndAsync();

        string listed = await lab.VirtnetAsync("net-dhcp-leases", "default");
        Assert.All(Acknowledged(clients), lease => Assert.Contains(lease, listed, StringComparison.Ordinal));
        Assert.Contains(" 0% packet loss", ping.Output, StringComparison.Ordinal);
        Assert.Equal(before, await lab.HostStateAsync());
    }

    /// <summary>Rows as the lease table has them: MAC, protocol, address.</summary>
    private static List<string> Acknowledged(BackgroundProgram clients) =>
    [
        .. clients.Output.Split('\n')
            .Select(line => line.Trim().Split(' '))
            .Where(words => words is ["ACK", _, _])
            .Select(words => $"{words[1]}   ipv4       {words[2]}/16"),
    ];
}
