using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Hosts whose own names come from systemd-resolved.</summary>
public class ResolvedTests
{
    private const string Definition = """
        <network><name>names</name><bridge name='virbr8' stp='off'/><domain name='r.test' localOnly='yes' register='yes'/>
          <dns><host ip='10.78.0.9'><hostname>known</hostname></host></dns>
          <ip address='10.78.0.1' prefix='24'/>
        </network>
        """;

    private const string Stub = "127.0.0.53";

    [Fact]
    public async Task The_host_finds_the_names_of_a_registered_domain_through_its_own_resolver()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        await using ResolvedOnPrivateBus resolved = await ResolvedOnPrivateBus.StartAsync(lab.Host);
        await lab.StartDaemonAsync("DBUS_SYSTEM_BUS_ADDRESS=" + resolved.Address);
        await lab.NetworkAsync("names", Definition);
        await lab.PlugGuestAsync("virbr8");
        await Wait.UntilAsync(async () => await DigAsync(lab, "known.r.test") == "10.78.0.9", "an answer of systemd-resolved");

        await lab.VirtnetAsync("net-destroy", "names");
        await Wait.UntilAsync(async () => await DigAsync(lab, "known.r.test") != "10.78.0.9", "the name to be gone");
    }

    [Fact]
    public async Task Without_it_the_network_does_not_start_and_leaves_no_trace()
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        await lab.StartDaemonAsync("DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent");
        await lab.NetworkAsync("names", Definition, start: false);
        CommandResult start = await lab.TryVirtnetAsync("net-start", "names");
        Assert.NotEqual(0, start.ExitCode);
        Assert.Contains("systemd-resolved is not available", start.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("virbr8", await lab.Host.RunAsync("ip", "-o", "link"), StringComparison.Ordinal);
    }

    private static async Task<string> DigAsync(NetworkLab lab, string name) =>
        (await lab.Host.TryAsync("dig", "+short", "+time=1", "+tries=1", "@" + Stub, name)).Output.Trim();
}
