using System.Globalization;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>
/// Networks of all kinds are started, changed and stopped in any order, by several clients at once, and the daemon is killed
/// again and again meanwhile. VIRTNET_CHAOS=NETWORKSxROUNDS makes it larger than it is by default.
/// </summary>
public class ChaosTests
{
    private const int Clients = 2;

    private static readonly int[] Size =
    [
        .. (Environment.GetEnvironmentVariable("VIRTNET_CHAOS") ?? "18x6").Split('x')
            .Select(number => int.Parse(number, CultureInfo.InvariantCulture)),
    ];

    private static string Script { get; } = Path.Combine(AppContext.BaseDirectory, "Lab", "chaos.py");

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public async Task Whatever_happens_the_host_is_as_before_when_all_networks_are_gone(string backend)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync($"firewall_backend = \"{backend}\"");
        await lab.AddOutsideAsync();

        // The skeleton of the iptables backend stays for good, as libvirt's does, and so does forwarding.
        await lab.NetworkAsync(
            "first",
            "<network><name>first</name><forward mode='nat'/><bridge name='vfirst'/><ip address='10.9.9.1' prefix='24'/>"
            + "<ip family='ipv6' address='fd00:9::1' prefix='64'/></network>");
        await lab.VirtnetAsync("net-destroy", "first");
        await lab.VirtnetAsync("net-undefine", "first");
        string before = await lab.HostStateAsync();

        Random random = new(1);
        for (int round = 0; round < Size[1]; round++)
        {
            BackgroundProgram[] clients =
            [
                .. Enumerable.Range(0, Clients).Select(client => lab.Host.Start(
                    "/usr/bin/python3", Script, lab.Socket, Number(Size[0]), Number((round * Clients) + client))),
            ];
            if (round % 2 == 1)
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(random.Next(100, 600)), TimeProvider.System, TestContext.Current.CancellationToken);
                await lab.Daemon!.SignalAsync("KILL");
                await lab.StartDaemonAsync();
            }

            foreach (BackgroundProgram client in clients)
            {
                await client.WaitForEndAsync();
                Assert.True(client.Output.Length == 0, client.Output);
            }
        }

        foreach (string name in (await lab.VirtnetAsync("net-list", "--name")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await lab.VirtnetAsync("net-destroy", name);
        }

        foreach (string name in (await lab.VirtnetAsync("net-list", "--all", "--name")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await lab.VirtnetAsync("net-undefine", name);
        }

        Assert.Equal(before, await lab.HostStateAsync());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(lab.ConfigDirectory, "networks"), "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(lab.RuntimeDirectory, "networks")));
        Assert.Equal([], Directory.EnumerateFiles(lab.StateDirectory).Select(Path.GetFileName).Where(name => !name!.StartsWith("leases.db", StringComparison.Ordinal)));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
