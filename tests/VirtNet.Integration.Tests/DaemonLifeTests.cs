using System.Globalization;
using System.Net.Sockets;
using System.Text;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>One daemon, started and told things as a service manager and administrators do.</summary>
public class DaemonLifeTests
{
    private const string Network = """
        <network><name>default</name><forward mode='nat'/><bridge name='virbr0'/>
          <ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.2' end='192.168.122.99'/></dhcp></ip>
        </network>
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_daemon_ends_with_a_word_and_the_first_stays_reachable()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();

        CommandResult second = await lab.Host.TryAsync("timeout", ["10", Programs.Daemon, .. Folders(lab)]);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("virtnetd: another virtnetd runs already: process ", second.Error, StringComparison.Ordinal);
        await lab.VirtnetAsync("net-list");
    }

    [Fact]
    public async Task A_reload_at_the_moment_of_a_lost_bridge_brings_it_back_and_reads_the_settings()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", Network);
        await File.WriteAllLinesAsync(
            Path.Combine(lab.ConfigDirectory, "virtnetd.conf"), ["colour = \"red\"", "unix_sock_ro_perms = \"0600\""], Token);

        // Both before the daemon can look at either; and twice, as one reload comes after the other.
        string process = lab.Daemon!.ProcessId.ToString(CultureInfo.InvariantCulture);
        await lab.Host.RunAsync(
            "sh", "-c", $"kill -STOP {process}; ip link del virbr0; kill -HUP {process}; kill -HUP {process}; kill -CONT {process}");

        await Wait.UntilAsync(
            async () => (await lab.Host.TryAsync("ip", "link", "show", "virbr0")).ExitCode == 0
                && lab.Daemon.Output.Contains("Reloaded at SIGHUP", StringComparison.Ordinal),
            "the bridge to come back");
        Assert.Contains("active", await lab.VirtnetAsync("net-list"), StringComparison.Ordinal);
        Assert.Contains("virtnetd.conf:1: unknown setting 'colour' is ignored", lab.Daemon.Output, StringComparison.Ordinal);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(lab.RuntimeDirectory, "virtnet-sock-ro")));
    }

    [Fact]
    public async Task It_reloads_also_where_it_was_started_with_the_signal_ignored()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        await lab.StartDaemonAsync("--ignore-signal=HUP"); // as nohup(1) does
        await lab.Host.RunAsync("kill", "-HUP", lab.Daemon!.ProcessId.ToString(CultureInfo.InvariantCulture));
        await Wait.UntilAsync(
            () => Task.FromResult(lab.Daemon.Output.Contains("Reloaded at SIGHUP", StringComparison.Ordinal)), "the reload");
    }

    [Fact]
    public async Task Sockets_of_systemd_are_served_and_what_the_daemon_starts_does_not_inherit_them()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        string hooks = Directory.CreateDirectory(Path.Combine(lab.ConfigDirectory, "hooks")).FullName;
        string seen = Path.Combine(lab.Scratch, "seen");
        string hook = Path.Combine(hooks, "network");
        await File.WriteAllTextAsync(
            hook, $"#!/bin/sh\n{{ ls -l /proc/self/fd; env | grep -E '^(LISTEN|NOTIFY)'; }} >>{seen}\ncat >/dev/null\n", Token);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        lab.Host.Start(
            "systemd-socket-activate", "-l", lab.Socket, "-l", lab.Socket + "-ro", "--fdname=virtnet-sock:virtnet-sock-ro",
            Programs.Daemon, "--config-dir", lab.ConfigDirectory, "--state-dir", lab.StateDirectory,
            "--runtime-dir", lab.RuntimeDirectory);
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(lab.Socket + "-ro")), "systemd's sockets");

        await lab.NetworkAsync("default", Network);

        Assert.Contains("default", await lab.VirtnetAsync("net-list"), StringComparison.Ordinal);
        string inherited = await File.ReadAllTextAsync(seen, Token);
        Assert.Contains("/proc/", inherited, StringComparison.Ordinal);
        Assert.DoesNotContain("LISTEN_", inherited, StringComparison.Ordinal);
        string[] listening = [.. (await lab.Host.ShellAsync($"grep -F {lab.Socket} /proc/net/unix"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[6])];
        Assert.Contains(listening, inode => inode.Length > 0);
        Assert.DoesNotContain(listening, inode => inherited.Contains($"socket:[{inode}]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_ready_when_the_networks_that_start_with_it_are_up()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", Network, start: false);
        await lab.VirtnetAsync("net-autostart", "default");
        await lab.Daemon!.SignalAsync("TERM");
        string hooks = Directory.CreateDirectory(Path.Combine(lab.ConfigDirectory, "hooks")).FullName;
        string hook = Path.Combine(hooks, "network");
        await File.WriteAllTextAsync(hook, "#!/bin/sh\ncat >/dev/null\nsleep 1\n", Token);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(Path.Combine(lab.RuntimeDirectory, "autostarted"));
        string address = Path.Combine(lab.Scratch, "notify");
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        manager.Bind(new UnixDomainSocketEndPoint(address));

        Task started = lab.StartDaemonAsync("NOTIFY_SOCKET=" + address, "WATCHDOG_USEC=1000000");
        string ready = Receive(manager);

        Assert.Equal("READY=1\nSTATUS=1 of 1 networks active", ready);
        Assert.Equal("WATCHDOG=1", Receive(manager));
        await started;
    }

    [Fact]
    public async Task Root_can_hand_the_daemon_over_to_a_user_with_only_the_rights_that_networks_need()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        await lab.Host.RunAsync("chmod", "755", lab.Scratch);
        string programs = Path.Combine(lab.Scratch, "bin"); // where the user may read them, wherever the checkout is
        await lab.Host.RunAsync("cp", "-rL", Programs.Folder, programs);
        await File.WriteAllTextAsync(Path.Combine(lab.StateDirectory, "leases.db.left-by-root"), "", Token);
        BackgroundProgram daemon = lab.Host.Start(
            Path.Combine(programs, "virtnetd"), [.. Folders(lab), "--user", "nobody", "--log", Path.Combine(lab.Scratch, "log")]);
        await Wait.UntilAsync(
            async () => daemon.HasEnded || (await lab.TryVirtnetAsync("net-list")).ExitCode == 0, "the daemon to answer");
        Assert.False(daemon.HasEnded, daemon.Output);

        await lab.NetworkAsync("default", Network);

        string process = (await File.ReadAllTextAsync($"/proc/{await ProcessOfAsync(lab)}/status", Token)).Replace('\t', ' ');
        Assert.Contains("\nUid: 65534 65534 65534 65534\n", process, StringComparison.Ordinal);
        foreach (string set in (string[])["CapPrm", "CapEff", "CapBnd", "CapAmb"])
        {
            Assert.Contains($"\n{set}: 0000000000003400\n", process, StringComparison.Ordinal);
        }

        string owners = await lab.Host.RunAsync(
            "stat", "-c", "%u %n", Path.Combine(lab.StateDirectory, "leases.db.left-by-root"),
            Path.Combine(lab.ConfigDirectory, "networks", "default.xml"), lab.ConfigDirectory);
        Assert.Equal(["65534", "65534", "0"], owners.Trim().Split('\n').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task A_daemon_that_is_root_uses_only_what_is_roots_and_says_so()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        string hooks = Directory.CreateDirectory(Path.Combine(lab.ConfigDirectory, "hooks")).FullName;
        string hook = Path.Combine(hooks, "network");
        await File.WriteAllTextAsync(hook, $"#!/bin/sh\ntouch {lab.Scratch}/hook-ran\n", Token);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string networks = Directory.CreateDirectory(Path.Combine(lab.ConfigDirectory, "networks")).FullName;
        await File.WriteAllTextAsync(Path.Combine(networks, "default.xml"), Network, Token);
        await lab.Host.RunAsync("chown", "nobody", hook, Path.Combine(networks, "default.xml"));

        await lab.StartDaemonAsync();
        await lab.NetworkAsync("mine", Network.Replace("default", "mine", StringComparison.Ordinal));

        Assert.DoesNotContain("default", await lab.VirtnetAsync("net-list", "--all"), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(lab.Scratch, "hook-ran")));
        Assert.Contains($"{hook} belongs to nobody, not to root", lab.Daemon.Output, StringComparison.Ordinal);
        Assert.Contains("default.xml belongs to nobody, not to root", lab.Daemon.Output, StringComparison.Ordinal);
        await lab.Daemon.SignalAsync("TERM");

        await lab.Host.RunAsync("chown", "nobody", lab.StateDirectory);
        CommandResult refused = await lab.Host.TryAsync("timeout", ["10", Programs.Daemon, .. Folders(lab)]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"{lab.StateDirectory} belongs to nobody, not to root", refused.Error, StringComparison.Ordinal);
    }

    private static string[] Folders(NetworkLab lab) =>
    [
        "--config-dir", lab.ConfigDirectory, "--state-dir", lab.StateDirectory, "--runtime-dir", lab.RuntimeDirectory,
    ];

    private static async Task<string> ProcessOfAsync(NetworkLab lab) => // not by .NET, which locks what it reads, as the daemon does
        (await lab.Host.RunAsync("cat", Path.Combine(lab.RuntimeDirectory, "virtnetd.pid"))).Trim();

    /// <summary>What the manager is told, but for what it is given to hold.</summary>
    private static string Receive(Socket manager)
    {
        byte[] message = new byte[1024];
        string said;
        do
        {
            said = Encoding.UTF8.GetString(message, 0, manager.Receive(message));
        }
        while (said.StartsWith("FDSTORE=1", StringComparison.Ordinal));
        return said;
    }
}
