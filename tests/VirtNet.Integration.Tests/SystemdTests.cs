using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>The daemon as it is installed: on a system that systemd runs, as its own user, in the unit's sandbox.</summary>
public class SystemdTests
{
    /// <summary>A member of the group: one that reads, and one that changes something.</summary>
    private const string Member = "setpriv --reuid=65534 --regid=65534 --groups=$(getent group virtnet | cut -d: -f3) virtnet -q ";
    private const string Changes = Member + "net-autostart n7";

    [Fact]
    public async Task One_installed_daemon_lives_as_its_unit_says()
    {
        await using BootedSystem system = await BootedSystem.StartAsync();

        await InstallOverARunningDaemonAsync(system);
        await StartWithTheSystemAsync(system);
        await ReloadAsync(system);
        await StayMaskedAsync(system);
        await AskPolkitAsync(system);
        await RestartWhatDoesNotAnswerAsync(system);
    }

    private static async Task InstallOverARunningDaemonAsync(BootedSystem system)
    {
        await system.RunAsync("groupadd --system virtnet"); // as a package or an administrator may have done
        await system.RunAsync("/src/eng/run --programs /programs");
        Assert.Equal("0", await system.RunAsync("stat -c %u /proc/$(cat /run/virtnet/virtnetd.pid)"));

        await system.RunAsync("/src/eng/install --programs /programs");
        string first = await DaemonAsync(system);
        await system.RunAsync("/src/eng/install --programs /programs");
        string second = await DaemonAsync(system);

        Assert.NotEqual(first, second);
        Assert.Equal("", await system.RunAsync(
            "find /var/lib/virtnet /etc/virtnet/networks /run/virtnet ! -user virtnet ! -type s ! -type l"));
        Assert.Equal("root root", await system.RunAsync("stat -c %U /etc/virtnet /etc/virtnet/virtnetd.conf | xargs"));
    }

    /// <returns>Its process.</returns>
    private static async Task<string> DaemonAsync(BootedSystem system)
    {
        string process = await system.OneHealthyDaemonAsync();
        Assert.Contains("active", await system.RunAsync("virtnet -q net-list"), StringComparison.Ordinal);
        return process;
    }

    /// <summary>Whoever is ordered after the unit finds all networks up.</summary>
    private static async Task StartWithTheSystemAsync(BootedSystem system)
    {
        for (int i = 0; i < 20; i++)
        {
            string xml = $"<network><name>n{i}</name><forward mode=\"nat\"/><ip address=\"10.50.{i}.1\" prefix=\"24\"><dhcp>"
                + $"<range start=\"10.50.{i}.2\" end=\"10.50.{i}.9\"/></dhcp></ip></network>";
            await system.RunAsync($"echo '{xml}' >/tmp/n.xml; virtnet -q net-define /tmp/n.xml; virtnet -q net-autostart n{i}");
        }

        await system.RunAsync("virtnet -q net-destroy default; systemctl stop virtnetd.socket virtnetd-ro.socket virtnetd.service");
        await system.RunAsync("rm -rf /run/virtnet/*; systemctl start virtnetd.service; virtnet -q net-list >/tmp/seen");

        Assert.Equal("21", await system.RunAsync("grep -c active /tmp/seen"));
        Assert.Equal("21 of 21 networks active", await system.RunAsync("systemctl show -P StatusText virtnetd.service"));
    }

    private static async Task ReloadAsync(BootedSystem system)
    {
        string process = await system.RunAsync("systemctl show -P MainPID virtnetd.service");
        await system.RunAsync("echo 'firewall_backend = \"pf\"' >/etc/virtnet/virtnetd.conf");
        Assert.NotEqual(0, (await system.TryAsync("systemctl reload virtnetd.service")).ExitCode);
        await system.RunAsync("echo 'colour = 1' >/etc/virtnet/virtnetd.conf; systemctl reload virtnetd.service");
        await system.RunAsync("echo '<network>' >/etc/virtnet/networks/broken.xml; systemctl reload virtnetd.service");

        await Wait.UntilAsync(
            async () => (await system.RunAsync("systemctl show -P StatusText virtnetd.service"))
                .Contains("the network definition /etc/virtnet/networks/broken.xml is not used", StringComparison.Ordinal),
            "the status to say it",
            seconds: 30);
        Assert.Equal(process, await system.RunAsync("systemctl show -P MainPID virtnetd.service"));
        await system.RunAsync("rm /etc/virtnet/networks/broken.xml /etc/virtnet/virtnetd.conf");
    }

    private static async Task StayMaskedAsync(BootedSystem system)
    {
        await system.RunAsync("systemctl stop virtnetd.socket virtnetd-ro.socket virtnetd.service; systemctl mask virtnetd.service");

        CommandResult refused = await system.TryAsync("virtnet net-list");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("virtnetd is masked", refused.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await system.TryAsync("pidof virtnetd")).ExitCode);

        await system.RunAsync("systemctl unmask virtnetd.service; virtnet -q net-list");
        await OneOfTheUnitAsync(system);
    }

    private static async Task OneOfTheUnitAsync(BootedSystem system) => Assert.Equal(
        await system.RunAsync("systemctl show -P MainPID virtnetd.service"), await system.RunAsync("pidof virtnetd"));

    private static async Task AskPolkitAsync(BootedSystem system)
    {
        await system.RunAsync(
            "echo 'auth_unix_rw = \"polkit\"' >/etc/virtnet/virtnetd.conf; systemctl restart virtnetd.service; systemctl stop polkit.service");

        CommandResult refused = await system.TryAsync(Changes);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("authentication unavailable: no polkit agent available", refused.Error, StringComparison.Ordinal);
        await system.RunAsync(
            "echo 'polkit.addRule(function(a, s) { if (a.id == \"org.virtnet.unix.manage\") return polkit.Result.YES; });' "
            + ">/etc/polkit-1/rules.d/10-test.rules; systemctl restart polkit.service");
        await system.RunAsync(Changes);
    }

    private static async Task RestartWhatDoesNotAnswerAsync(BootedSystem system)
    {
        await system.RunAsync(
            "mkdir -p /run/systemd/system/virtnetd.service.d; "
            + "printf '[Service]\\nWatchdogSec=3\\nTimeoutStopSec=1\\n' >/run/systemd/system/virtnetd.service.d/test.conf; "
            + "systemctl daemon-reload; systemctl restart virtnetd.service");
        string process = await system.RunAsync("systemctl show -P MainPID virtnetd.service");
        await system.RunAsync("sleep 5");
        Assert.Equal(process, await system.RunAsync("systemctl show -P MainPID virtnetd.service"));

        await system.RunAsync($"kill -STOP {process}");

        await Wait.UntilAsync(
            async () => await system.RunAsync("systemctl show -P MainPID virtnetd.service") is var now && now != process && now != "0",
            "systemd to start it anew",
            seconds: 40);
        Assert.Contains("active", await system.RunAsync("virtnet -q net-list"), StringComparison.Ordinal);
    }
}
