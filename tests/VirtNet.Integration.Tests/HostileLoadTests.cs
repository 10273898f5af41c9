using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Clients that are slow, broken or malicious: as many as the others.</summary>
public class HostileLoadTests
{
    /// <summary>How long the others wait is for whoever runs the script: here only that all of them are answered.</summary>
    [Fact]
    public async Task A_hundred_hostile_clients_neither_end_the_daemon_nor_fill_its_memory_nor_cost_others_an_answer()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();

        string output = await lab.Host.RunAsync(
            "env", "VIRTNET_BIN=" + Programs.Folder, "CLIENTS=200", "CALLS=4000", "LONGER_MS=60000",
            "python3", Path.Combine(Programs.Checkout(), "tests", "hostile-load"));

        Assert.Contains("others hostile: 4000 calls", output, StringComparison.Ordinal);
        Assert.EndsWith("alive: ok\n", output, StringComparison.Ordinal);
    }

    /// <summary>
    /// 100 connections with 1,000 registrations each, which only root may have: to walk them held up networks for seconds and
    /// the daemon's end for a minute. How long exactly is for whoever runs the script.
    /// </summary>
    [Fact]
    public async Task A_hundred_thousand_event_registrations_hold_up_neither_a_network_nor_a_guest_nor_the_daemons_end()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();

        string output = await lab.Host.RunAsync(
            "env", "VIRTNET_BIN=" + Programs.Folder, "HOSTILE_UID=0", "GUESTS=20", "CYCLES=5", "SECONDS=40", "LONGEST_MS=4000",
            "python3", Path.Combine(Programs.Checkout(), "tests", "registration-load"));

        Assert.Contains("100000 registrations held", output, StringComparison.Ordinal);
        Assert.EndsWith(": ok\n", output, StringComparison.Ordinal);
    }
}
