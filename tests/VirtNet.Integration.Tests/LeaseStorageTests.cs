using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>The disk under the leases fails in the ways disks do; guests notice nothing, the operator is told.</summary>
public partial class LeaseStorageTests
{
    [Fact]
    public async Task A_full_disk_costs_no_guest_its_lease()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        SmallDisk disk = await SmallDisk.MountAsync(lab.Host, lab.StateDirectory, 1024);
        await lab.StartDaemonAsync(disk.Wrapper);
        await lab.NetworkAsync("default", LabNetworks.Wide);
        NetworkNamespace crowd = await lab.PlugGuestAsync("virbr0");
        NetworkNamespace another = await lab.PlugGuestAsync("virbr0", "g2");
        List<string> before = await ServeAsync(crowd, 20);

        disk.Fill();
        List<string> during = await ServeAsync(crowd, 300);
        Assert.Superset(before.ToHashSet(), during.ToHashSet());
        await LoggedAsync(lab, "Leases cannot be written to .*: serving from memory until they can");
        Assert.Equal(300, await ListedAsync(lab));

        disk.Free();
        await LoggedAsync(lab, "Leases are written again");
        await lab.Daemon!.SignalAsync("KILL");
        disk.Fill();
        await lab.StartDaemonAsync(disk.Wrapper);
        Assert.Equal(300, await ListedAsync(lab)); // read from a disk that takes nothing
        Assert.StartsWith("ip=192.168.", await another.ObtainAsync("udhcpc", "late", lab.Scratch), StringComparison.Ordinal);

        disk.Free();
        await LoggedAsync(lab, "Leases are written again");
        await lab.Daemon!.SignalAsync("KILL");
        await lab.StartDaemonAsync(disk.Wrapper);
        Assert.Equal(301, await ListedAsync(lab));
    }

    [Fact]
    public async Task A_damaged_database_is_set_aside_and_filled_again_as_guests_renew()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", LabNetworks.Wide);
        NetworkNamespace crowd = await lab.PlugGuestAsync("virbr0");
        List<string> before = await ServeAsync(crowd, 20);
        await lab.Daemon!.SignalAsync("TERM"); // after a kill all would be in the log beside the database still
        string database = Path.Combine(lab.StateDirectory, "leases.db");
        byte[] bytes = await File.ReadAllBytesAsync(database, TestContext.Current.CancellationToken);
        Random.Shared.NextBytes(bytes);
        await File.WriteAllBytesAsync(database, bytes, TestContext.Current.CancellationToken);

        await lab.StartDaemonAsync();
        await LoggedAsync(lab, "is damaged and was set aside as .*leases.db.damaged-");
        Assert.Equal(before, await ServeAsync(crowd, 20)); // each is given what it had
        await lab.Daemon!.SignalAsync("KILL");
        await lab.StartDaemonAsync();
        Assert.Equal(20, await ListedAsync(lab));
    }

    [Fact]
    public async Task A_network_that_is_stopped_and_started_knows_its_guests()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", LabNetworks.Wide);
        List<string> before = await ServeAsync(await lab.PlugGuestAsync("virbr0"), 20);
        await lab.VirtnetAsync("net-destroy", "default");
        await lab.VirtnetAsync("net-start", "default");
        Assert.Equal(20, await ListedAsync(lab));
        Assert.Equal(before, await ServeAsync(await lab.PlugGuestAsync("virbr0", "g2"), 20));
    }

    /// <summary>A number of clients, always the same ones, get or renew a lease; what each has, in order.</summary>
    private static async Task<List<string>> ServeAsync(NetworkNamespace guest, int count)
    {
        await Wait.UntilAsync(
            async () => (await guest.TryAsync("ip", "-o", "link", "show", "eth0")).Output.Contains("LOWER_UP", StringComparison.Ordinal),
            "the port");
        string output = await guest.RunAsync(
            "python3", Path.Combine(AppContext.BaseDirectory, "Lab", "dhcp_load.py"), $"{count}", "150", "5");
        List<string> leases = [.. AcknowledgedPattern().Matches(output).Select(match => match.Value).Distinct().Order()];
        Assert.Equal(count, leases.Count);
        return leases;
    }

    private static async Task<int> ListedAsync(NetworkLab lab) =>
        (await lab.VirtnetAsync("net-dhcp-leases", "default")).Split('\n').Count(line => line.Contains("ipv4", StringComparison.Ordinal));

    private static Task LoggedAsync(NetworkLab lab, string pattern) =>
        Wait.UntilAsync(() => Task.FromResult(Regex.IsMatch(lab.Daemon!.Output, pattern)), $"the log to say \"{pattern}\"");

    [GeneratedRegex("^ACK .*$", RegexOptions.Multiline)]
    private static partial Regex AcknowledgedPattern();
}
