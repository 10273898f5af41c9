using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>A guest behind a real firewalld that has no zones of libvirt, only those that come with virtnet.</summary>
public class FirewalldGuestTests
{
    private const string Definition = """
        <network><name>zoned</name><forward mode='{0}'/><bridge name='virbr9' stp='off'/><domain name='z.test' localOnly='yes'/>
          <dns><host ip='10.79.0.9'><hostname>known</hostname></host></dns>
          <ip address='10.79.0.1' prefix='24'><dhcp><range start='10.79.0.10' end='10.79.0.20'/></dhcp></ip>
        </network>
        """;

    [Theory]
    [InlineData("nat", "virtnet")]
    [InlineData("route", "virtnet-routed")]
    public async Task Guests_get_what_they_need_of_the_host_and_reach_the_world(string mode, string zone)
    {
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        await using SystemBusWithFirewalld bus = await SystemBusWithFirewalld.StartBusAsync(lab.Host, libvirtZone: false);
        await bus.StartFirewalldAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        await outside.RunAsync("ip", "route", "add", "10.79.0.0/24", "via", NetworkLab.UplinkAddress);
        await lab.StartDaemonAsync("DBUS_SYSTEM_BUS_ADDRESS=" + bus.Address);
        await lab.NetworkAsync("zoned", Definition.Replace("{0}", mode, StringComparison.Ordinal));
        Assert.Contains($"\"{zone}\"", (await bus.CallAsync("getZoneOfInterface", "s", "virbr9")).Output, StringComparison.Ordinal);

        NetworkNamespace guest = await lab.PlugGuestAsync("virbr9");
        string lease = await guest.ObtainAsync("udhcpc", "beta", lab.Scratch);
        Assert.StartsWith("ip=10.79.0.", lease, StringComparison.Ordinal);
        Assert.Equal("10.79.0.9", (await guest.RunAsync("dig", "+short", "+time=2", "@10.79.0.1", "known.z.test")).Trim());
        await guest.RunAsync("ping", "-c", "1", "-W", "2", "10.79.0.1");
        await guest.RunAsync("ping", "-c", "1", "-W", "2", NetworkLab.OutsideAddress);
        CommandResult other = await guest.TryAsync("nc", "-w", "2", "-z", "10.79.0.1", "8080");
        Assert.NotEqual(0, other.ExitCode);
    }
}
