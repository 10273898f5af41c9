using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>What virtqemud asks for while guests start, change and stop; nothing of a guest that is gone stays behind.</summary>
public class VirtqemudTests
{
    private const string Mac = "52:54:00:11:22:33";

    private const string Network = """
        <network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/>
          <bandwidth><inbound average='1000' peak='5000' burst='1024'/></bandwidth>
          <ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>
        </network>
        """;

    [Fact]
    public async Task A_guest_starts_is_tuned_and_stops()
    {
        await using NetworkLab lab = await NetworkLab.StartForLibvirtAsync();
        await lab.NetworkAsync("default", Network);
        string before = await LeftoversAsync(lab);
        Guid port = Guid.NewGuid();
        await using (VirtqemudConnection preparation = await OpenAsync(lab))
        {
            byte[] network = await preparation.LookupNetworkAsync("default");
            Assert.Contains("<forward mode='nat'>", await preparation.NetworkXmlAsync(network), StringComparison.Ordinal);
            string xml = await StartAsync(lab, port);
            Assert.Contains("<bandwidth classID='3'>\n    <inbound average='128' floor='64'/>", xml, StringComparison.Ordinal);
            Assert.EndsWith("  <plug type='network' bridge='virbr0'/>\n</networkport>\n", xml, StringComparison.Ordinal);
        }

        Assert.Contains(Mac, await MacMapAsync(lab), StringComparison.Ordinal);
        Assert.Contains("connections='1'", await lab.VirtnetAsync("net-dumpxml", "default"), StringComparison.Ordinal);
        await PlugTapAsync(lab);

        await using (VirtqemudConnection tuning = await OpenAsync(lab))
        {
            byte[] handle = await tuning.LookupPortAsync(await tuning.LookupNetworkAsync("default"), port);
            await tuning.SetParametersAsync(
                handle,
                ("inbound.average", 256), ("inbound.peak", 512), ("inbound.burst", 64), ("inbound.floor", 128),
                ("outbound.average", 100), ("outbound.peak", 200), ("outbound.burst", 32));
            string tuned = await tuning.PortXmlAsync(handle);
            Assert.Contains("<inbound average='256' peak='512' floor='128' burst='64'/>", tuned, StringComparison.Ordinal);
            Assert.Contains("<outbound average='100' peak='200' burst='32'/>", tuned, StringComparison.Ordinal);
        }

        await lab.Host.RunAsync("ip", "link", "delete", "vnet0");
        await StopAsync(lab, port);
        Assert.Equal(before, await LeftoversAsync(lab));
    }

    [Fact]
    public async Task A_hot_plug_that_fails_is_rolled_back()
    {
        await using NetworkLab lab = await NetworkLab.StartForLibvirtAsync();
        await lab.NetworkAsync("default", Network);
        Guid first = Guid.NewGuid();
        await StartAsync(lab, first);
        string before = await LeftoversAsync(lab);

        Guid second = Guid.NewGuid();
        await using (VirtqemudConnection plug = await OpenAsync(lab))
        {
            byte[] network = await plug.LookupNetworkAsync("default");
            await plug.PortXmlAsync(await plug.CreatePortAsync(network, PortXml(second, "52:54:00:11:22:34")));
        }

        Assert.NotEqual(before, await LeftoversAsync(lab));
        await StopAsync(lab, second); // QEMU refused the device
        Assert.Equal(before, await LeftoversAsync(lab));

        await lab.VirtnetAsync("net-destroy", "default");
        await using VirtqemudConnection refused = await OpenAsync(lab);
        byte[] inactive = await refused.LookupNetworkAsync("default");
        VirtqemudCallException error = await Assert.ThrowsAsync<VirtqemudCallException>(
            () => refused.CreatePortAsync(inactive, PortXml(second, Mac)));
        Assert.Equal(55, error.Code);
        Assert.EndsWith("network 'default' is not active", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task A_port_in_use_survives_the_restart_of_either_side(string signal)
    {
        await using NetworkLab lab = await NetworkLab.StartForLibvirtAsync();
        await lab.NetworkAsync("default", Network);
        string before = await LeftoversAsync(lab);
        Guid port = Guid.NewGuid();
        string given = await StartAsync(lab, port);
        await PlugTapAsync(lab);
        string running = await LeftoversAsync(lab);

        await lab.Daemon!.SignalAsync(signal);
        await lab.StartDaemonAsync();
        Assert.Equal(running, await LeftoversAsync(lab));
        await using (VirtqemudConnection restarted = await OpenAsync(lab))
        {
            byte[] handle = await restarted.LookupPortAsync(await restarted.LookupNetworkAsync("default"), port);
            Assert.Equal(given, await restarted.PortXmlAsync(handle));
        }

        // A network that was started anew has lost its ports: virtqemud brings the one it remembers.
        await lab.VirtnetAsync("net-destroy", "default");
        await lab.VirtnetAsync("net-start", "default");
        await using (VirtqemudConnection restarted = await OpenAsync(lab))
        {
            byte[] network = await restarted.LookupNetworkAsync("default");
            VirtqemudCallException unknown = await Assert.ThrowsAsync<VirtqemudCallException>(
                () => restarted.LookupPortAsync(network, port));
            Assert.Equal(107, unknown.Code);
            byte[] handle = await restarted.CreatePortAsync(network, given, VirtqemudConnection.Reclaim);
            Assert.Equal(given, await restarted.PortXmlAsync(handle));
        }

        await lab.Host.RunAsync("ip", "link", "delete", "vnet0");
        await StopAsync(lab, port);
        Assert.Equal(before, await LeftoversAsync(lab));
    }

    private static Task<VirtqemudConnection> OpenAsync(NetworkLab lab) =>
        VirtqemudConnection.OpenAsync(Path.Combine(lab.LibvirtDirectory, "virtnetworkd-sock"));

    /// <returns>The port as the network filled it in.</returns>
    private static async Task<string> StartAsync(NetworkLab lab, Guid port)
    {
        await using VirtqemudConnection start = await OpenAsync(lab);
        byte[] network = await start.LookupNetworkAsync("default");
        byte[] handle = await start.CreatePortAsync(network, PortXml(port, Mac));
        return await start.PortXmlAsync(handle);
    }

    private static async Task StopAsync(NetworkLab lab, Guid port)
    {
        await using VirtqemudConnection stop = await OpenAsync(lab);
        await stop.DeletePortAsync(await stop.LookupPortAsync(await stop.LookupNetworkAsync("default"), port));
    }

    private static async Task PlugTapAsync(NetworkLab lab)
    {
        await lab.Host.RunAsync("ip", "tuntap", "add", "vnet0", "mode", "tap");
        await lab.Host.RunAsync("ip", "link", "set", "vnet0", "address", "fe" + Mac[2..]);
        await lab.Host.RunAsync("ip", "link", "set", "vnet0", "master", "virbr0", "up");
    }

    private static string PortXml(Guid port, string mac) =>
        $"""
        <networkport>
          <uuid>{port}</uuid>
          <owner><name>guest</name><uuid>5b6f7a3c-0f3e-4a4e-9b0a-0d1f1c1b1a19</uuid></owner>
          <mac address='{mac}'/>
          <bandwidth><inbound average='128' floor='64'/></bandwidth>
        </networkport>
        """;

    private static async Task<string> MacMapAsync(NetworkLab lab)
    {
        string file = Path.Combine(lab.StateDirectory, "virbr0.macs");
        return File.Exists(file) ? (await File.ReadAllTextAsync(file)).Trim() : "[]";
    }

    /// <summary>All places where a guest's interface could stay behind.</summary>
    private static async Task<string> LeftoversAsync(NetworkLab lab) => string.Join('\n',
        await lab.VirtnetAsync("net-port-list", "default"),
        await lab.VirtnetAsync("net-dumpxml", "default"),
        await MacMapAsync(lab),
        await lab.Host.ShellAsync("tc class show dev virbr0; tc filter show dev virbr0; bridge link | sed 's/^[0-9]*: //'"));
}
