using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Leases as the operator sees and ends them.</summary>
public class LeaseControlTests
{
    [Fact]
    public async Task A_released_lease_is_gone_everywhere_and_told_to_those_who_watch()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", LabNetworks.Default);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        BackgroundProgram leases = Watch(lab, "lease");
        BackgroundProgram libvirt = lab.Host.Start(
            "virsh", "-c", $"network:///system?socket={lab.Socket}", "net-event", "--event", "lifecycle", "--loop");
        string address = "";
        await Wait.UntilAsync(
            async () =>
            {
                // Again, until those who watch have registered: the same address, as a renewal.
                address = await guest.ObtainAddressAsync("web", lab.Scratch);
                return leases.Output.Contains(address, StringComparison.Ordinal);
            },
            "the event of the lease",
            seconds: 30);
        await Wait.UntilAsync(async () => (await StatusFileAsync(lab)).Contains(address, StringComparison.Ordinal), "the file");

        CommandResult wrong = await lab.TryVirtnetAsync("net-release-lease", "default", "--ip", "192.168.122.200");
        Assert.Contains("has no lease of 192.168.122.200", wrong.Error, StringComparison.Ordinal);
        string said = await lab.VirtnetAsync("net-release-lease", "default", "--ip", address);
        Assert.Contains($"Lease of {address} by", said, StringComparison.Ordinal);
        Assert.DoesNotContain(address, await lab.VirtnetAsync("net-dhcp-leases", "default"), StringComparison.Ordinal);
        Assert.DoesNotContain(address, await StatusFileAsync(lab), StringComparison.Ordinal);
        string found = await guest.RunAsync("dig", "+short", "+tries=1", "web", "@192.168.122.1");
        Assert.DoesNotContain(address, found, StringComparison.Ordinal);
        await Wait.UntilAsync(
            () => Task.FromResult(leases.Output.Contains("\"change\":\"released\"", StringComparison.Ordinal)),
            "the event of its end");

        // On disk too: a daemon that comes up from there knows nothing of it.
        await lab.Daemon!.SignalAsync("KILL");
        await lab.StartDaemonAsync();
        Assert.DoesNotContain(address, await lab.VirtnetAsync("net-dhcp-leases", "default"), StringComparison.Ordinal);
        Assert.DoesNotContain("lease", libvirt.Output, StringComparison.Ordinal);
    }

    /// <summary>A shell that is not interactive has the signal ignored for it; virsh listens to it all the same.</summary>
    [Fact]
    public async Task Who_watches_in_the_background_of_a_script_ends_when_it_is_interrupted()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();

        string said = await lab.Host.ShellAsync($"""
            {Programs.Client} --socket {lab.Socket} net-event --event lifecycle --loop & watching=$!
            sleep 1; kill -INT $watching
            timeout 10 tail --pid=$watching -f /dev/null || kill -KILL $watching
            """);

        Assert.Contains("event loop interrupted", said, StringComparison.Ordinal);
    }

    private static BackgroundProgram Watch(NetworkLab lab, string kind) => lab.Host.Start(
        Programs.Client, "--socket", lab.Socket, "net-event", "default", "--event", kind, "--loop", "-o", "json");

    private static Task<string> StatusFileAsync(NetworkLab lab) => File.ReadAllTextAsync(
        Path.Combine(lab.StateDirectory, "virbr0.status"), TestContext.Current.CancellationToken);
}
