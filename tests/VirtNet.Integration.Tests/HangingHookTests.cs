using System.Diagnostics;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>A hook that hangs stops its own network at most.</summary>
public class HangingHookTests
{
    [Fact]
    public async Task Other_networks_are_repaired_meanwhile_and_the_daemon_ends_with_the_hook_and_nothing_half_done()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        string started = Path.Combine(lab.Scratch, "started");
        await AddHookAsync(lab, $"[ \"$1 $2\" = \"a started\" ] || exit 0; trap '' TERM; sleep 60 & echo $! >{started}; wait");
        await lab.StartDaemonAsync();
        await lab.NetworkAsync("a", Network("a", 51), start: false);
        await lab.NetworkAsync("b", Network("b", 52));
        BackgroundProgram starting = lab.Host.Start(Programs.Client, "--socket", lab.Socket, "--no-autostart", "net-start", "a");
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(started)), "the hook of a");

        await lab.Host.ShellAsync("nft flush ruleset; ip addr flush dev vbb");
        await Wait.UntilAsync(
            async () => (await lab.Host.RunAsync("ip", "-br", "addr", "show", "vbb")).Contains("10.9.52.1", StringComparison.Ordinal)
                && (await lab.Host.RunAsync("nft", "list", "ruleset")).Contains("vbb", StringComparison.Ordinal),
            "network b to be repaired");
        Assert.False(starting.HasEnded, "the hook of a still hangs");

        long told = Stopwatch.GetTimestamp();
        await lab.Daemon!.SignalAsync("TERM");
        await lab.Daemon.WaitForEndAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(told), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await starting.WaitForEndAsync();
        Assert.Contains("Hook script execution failed", starting.Output, StringComparison.Ordinal);
        string child = (await File.ReadAllTextAsync(started, TestContext.Current.CancellationToken)).Trim();
        await Wait.UntilAsync(
            async () => (await lab.Host.TryAsync("kill", "-0", child)).ExitCode != 0, "the end of what the hook had started");
        Assert.DoesNotContain("vba", await lab.Host.RunAsync("ip", "link"), StringComparison.Ordinal);
        Assert.Equal(["b.xml"], Directory.EnumerateFiles(Path.Combine(lab.RuntimeDirectory, "networks"), "*.xml").Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_runs_is_looked_after_while_a_start_at_boot_hangs()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("a", Network("a", 53), start: false);
        await lab.NetworkAsync("b", Network("b", 54));
        await lab.VirtnetAsync("net-autostart", "a");
        await lab.Daemon!.SignalAsync("TERM");
        await lab.Daemon.WaitForEndAsync();
        string started = Path.Combine(lab.Scratch, "started");
        await AddHookAsync(lab, $"[ \"$1 $2\" = \"a started\" ] || exit 0; touch {started}; sleep 25");
        File.Delete(Path.Combine(lab.RuntimeDirectory, "autostarted")); // as after a boot
        await lab.StartDaemonAsync();
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(started)), "the hook of a");

        await lab.Host.ShellAsync("ip addr flush dev vbb");
        await Wait.UntilAsync(
            async () => (await lab.Host.RunAsync("ip", "-br", "addr", "show", "vbb")).Contains("10.9.54.1", StringComparison.Ordinal),
            "network b to be repaired");
        Assert.Contains("inactive", await lab.VirtnetAsync("net-list", "--inactive"), StringComparison.Ordinal);
    }

    private static string Network(string name, int subnet) => $"""
        <network><name>{name}</name><forward mode='nat'/><bridge name='vb{name}' stp='off'/>
          <ip address='10.9.{subnet}.1' prefix='24'><dhcp><range start='10.9.{subnet}.2' end='10.9.{subnet}.99'/></dhcp></ip>
        </network>
        """;

    private static async Task AddHookAsync(NetworkLab lab, string script)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(lab.ConfigDirectory, "hooks")).FullName, "network");
        await File.WriteAllTextAsync(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
