using System.Globalization;
using System.Text.Json;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>What guests notice when the daemon is started anew: nothing. tests/restart-load shows the same with hundreds of networks.</summary>
public class RestartTests
{
    private const string OneNetwork = """
        <network><name>load1</name><forward mode='nat'/><bridge name='load1'/>
          <dns><host ip='10.77.1.9'><hostname>here.lab</hostname></host></dns>
          <ip address='10.77.1.1' prefix='24'><dhcp><range start='10.77.1.20' end='10.77.1.250'/></dhcp></ip>
        </network>
        """;

    /// <summary>What is bound on the networks, with the sockets' own numbers.</summary>
    private const string Sockets = "ss -Hnlue | grep -E '10[.]77|%load' | grep -o 'ino:[0-9]*' | sort";

    private static string Load { get; } = Path.Combine(Programs.Checkout(), "tests", "restart-load");

    [Fact]
    public async Task Under_systemd_no_question_is_lost_by_a_restart_and_no_socket_by_the_daemons_death()
    {
        await using BootedSystem system = await BootedSystem.StartAsync();
        await system.RunAsync("/src/eng/install --programs /programs");
        await system.RunAsync("virtnet -q net-destroy default; sh /src/tests/restart-load/networks.sh 5");
        await using BackgroundProgram upstream = system.StartFromOutside(null, "python3", Path.Combine(Load, "upstream.py"), "10.99.0.1");
        Assert.Equal("2", await system.RunAsync("systemctl show -P NFileDescriptorStore virtnetd")); // a box

        await using BackgroundProgram guests = system.StartFromOutside(
            "guests", "python3", Path.Combine(Load, "guests.py"), "5", "200", "20", "12");
        await system.RunAsync("systemctl restart virtnetd");
        await system.OneHealthyDaemonAsync();
        await system.RunAsync("systemctl restart virtnetd");
        string process = await system.OneHealthyDaemonAsync();
        await ExpectNothingLostAsync(guests);

        // What a daemon that is killed has read already is lost with it, so of this one only the sockets are looked at.
        string before = await system.RunAsync(Sockets);
        await system.RunAsync($"kill -KILL {process}");
        await Wait.UntilAsync(
            async () => (await system.TryAsync("systemctl is-active virtnetd")).ExitCode == 0
                && await system.RunAsync("systemctl show -P MainPID virtnetd") != process,
            "the daemon to be there again");

        Assert.Equal(before, await system.RunAsync(Sockets));
        await ExpectExactlyWhatIsServedAsync(system);
    }

    [Fact]
    public async Task Without_a_service_manager_the_daemon_hands_its_sockets_to_the_program_that_it_becomes()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        outside.Start("python3", Path.Combine(Load, "upstream.py"), NetworkLab.OutsideAddress);
        await lab.NetworkAsync("load1", OneNetwork);
        NetworkNamespace guest = await lab.PlugGuestAsync("load1");
        await guest.ShellAsync("ip link set eth0 down; ip link set eth0 name g1; ip link set g1 up; ip address add 10.77.1.5/24 dev g1");
        string before = await SocketsAsync(lab);
        string process = lab.Daemon!.ProcessId.ToString(CultureInfo.InvariantCulture);

        BackgroundProgram guests = guest.Start("python3", Path.Combine(Load, "guests.py"), "1", "200", "20", "8");
        for (int i = 1; i <= 2; i++)
        {
            await lab.Daemon.SignalAsync("USR2", ends: false);
            int times = i;
            await Wait.UntilAsync(
                () => Task.FromResult(lab.Daemon.Output.Split("is ready:").Length == times + 2), "the next program to be ready");
            Assert.Contains("--inherit-sockets", await File.ReadAllTextAsync($"/proc/{process}/cmdline", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await ExpectNothingLostAsync(guests);
        Assert.Equal(before, await SocketsAsync(lab));
        Assert.Contains("active", await lab.VirtnetAsync("net-list"), StringComparison.Ordinal);

        await lab.Daemon.SignalAsync("TERM");
        Assert.Equal("", await SocketsAsync(lab));
        Assert.False(File.Exists(lab.Socket));
    }

    /// <summary>What is bound on the bridge and its address, with the sockets' own numbers.</summary>
    private static async Task<string> SocketsAsync(NetworkLab lab) =>
        await lab.Host.ShellAsync("ss -Hnlaeu | grep -oE '(10.77.1.1|load1:67|%load1:67)[^ ]* .*ino:[0-9]+' | sed 's/  */ /g; s/uid:[0-9]* //' | sort");

    private static async Task ExpectNothingLostAsync(BackgroundProgram guests)
    {
        await Wait.UntilAsync(() => Task.FromResult(guests.HasEnded), "the guests to have asked all", 60);
        JsonElement said = JsonDocument.Parse(guests.Output.Trim().Split('\n')[^1]).RootElement;
        JsonElement dns = said.GetProperty("dns");
        JsonElement dhcp = said.GetProperty("dhcp");
        Assert.True(dns.GetProperty("asked").GetInt32() > 1000, guests.Output);
        Assert.True(dns.GetProperty("asked").GetInt32() == dns.GetProperty("answered").GetInt32(), guests.Output);
        Assert.True(dhcp.GetProperty("begun").GetInt32() == dhcp.GetProperty("done").GetInt32(), guests.Output);
    }

    /// <summary>What is held goes with the network, and all with the unit.</summary>
    private static async Task ExpectExactlyWhatIsServedAsync(BootedSystem system)
    {
        Assert.NotEqual("", await system.RunAsync("ss -Hnlu | grep 10.77.1.1; ss -Hnlu | grep load1:67"));
        await system.RunAsync("virtnet -q net-destroy load1");
        Assert.Equal("", (await system.TryAsync("ss -Hnlu | grep 10.77.1.1; ss -Hnlu | grep load1:67")).Output);
        await system.RunAsync("virtnet -q net-start load1");
        await system.RunAsync("systemctl stop virtnetd.socket virtnetd-ro.socket virtnetd");
        Assert.Equal("", (await system.TryAsync("ss -Hnlu | grep 10.77.")).Output);
    }
}
