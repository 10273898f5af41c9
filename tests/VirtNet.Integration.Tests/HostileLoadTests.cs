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
}
