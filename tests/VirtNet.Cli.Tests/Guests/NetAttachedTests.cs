using VirtNet.Cli.Bridges;
using VirtNet.Cli.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Guests;

public sealed class NetAttachedTests
{
    private const string Port = "aaaaaaaa-2222-3333-4444-555555555555";

    private readonly CommandLine _line = new();

    public NetAttachedTests()
    {
        FakeNetwork network = _line.Daemon.Add("default", active: true);
        network.Bridge = "virbr0";
        network.Ports[Guid.Parse(Port)] =
            "<networkport><owner><name>g1</name></owner><mac address='52:54:00:00:00:01'/></networkport>";
        network.Leases.Add(new DhcpLease("virbr0", 0, 0, "52:54:00:00:00:01", null, "192.168.122.7", 24, null, null));
        network.Leases.Add(new DhcpLease("virbr0", 0, 0, "52:54:00:00:00:09", null, "192.168.122.9", 24, null, null));
    }

    [Fact]
    public async Task Ports_guests_leases_and_taps_meet_in_their_mac()
    {
        _line.Virsh.Config =
            "<domain><devices><interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>"
            + "<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='virbr0'/></interface>"
            + "<interface type='network'><mac address='52:54:00:00:00:03'/><source network='other'/></interface></devices></domain>";
        _line.BridgePorts.Add(new PluggedDevice("vnet0", "fe:54:00:00:00:01"));
        _line.BridgePorts.Add(new PluggedDevice("eth1", "02:00:00:00:00:aa"));
        (await _line.RunAsync("net-attached", "default")).Is(
            $"""
             Guest   MAC                 Interface   Address            Port                                   State
            ------------------------------------------------------------------------------------------------------------
             g1      52:54:00:00:00:01   vnet0       192.168.122.7/24   {Port}   present
             g1      52:54:00:00:00:02   -           -                  -                                      defined
             -       -                   eth1        -                  -                                      present
             -       52:54:00:00:00:09   -           192.168.122.9/24   -                                      present


            """);
    }

    [Fact]
    public async Task Without_a_hypervisor_the_networks_own_knowledge_is_shown()
    {
        _line.Virsh.Failures["list"] = "error: failed to connect to the hypervisor\nerror: no\n";
        CommandLine.Outcome outcome = await _line.RunAsync("net-attached", "default");
        Assert.Equal(0, outcome.Status);
        Assert.StartsWith("hint: guests' definitions are left out", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(Port, outcome.Output, StringComparison.Ordinal);
        Assert.Equal("", (await _line.RunAsync("net-attached", "default", "--no-guests")).Error);
    }

    /// <summary>A veth's two ends have nothing in common, and one card may have addresses of both families.</summary>
    [Fact]
    public async Task A_guest_and_its_device_are_one_row_by_the_bridges_table()
    {
        _line.Virsh.Failures["list"] = "error: no\n";
        _line.Daemon.Networks[0].Leases.Add(new DhcpLease("virbr0", 0, 1, "52:54:00:00:00:09", "1", "fd00::9", 64, null, null));
        _line.BridgePorts.Add(new PluggedDevice("veth7", "ea:11:22:33:44:55") { Heard = ["52:54:00:00:00:09"] });
        _line.BridgePorts.Add(new PluggedDevice("vnet0", "fe:54:00:00:00:01") { Heard = ["52:54:00:00:00:01"] });
        _line.BridgePorts.Add(new PluggedDevice("veth8", "ea:11:22:33:44:56") { Heard = ["52:54:00:00:00:0a"] });
        _line.BridgePorts.Add(new PluggedDevice("uplink", "ea:11:22:33:44:57") { Heard = ["02:00:00:00:00:01", "02:00:00:00:00:02"] });
        (await _line.RunAsync("net-attached", "default", "--no-guests", "--columns", "guest,mac,interface,address")).Is(
            """
             Guest   MAC                 Interface   Address
            -----------------------------------------------------------------------
             g1      52:54:00:00:00:01   vnet0       192.168.122.7/24
             -       -                   uplink      -
             -       52:54:00:00:00:09   veth7       192.168.122.9/24, fd00::9/64
             -       52:54:00:00:00:0a   veth8       -


            """);
    }

    [Fact]
    public void The_bridges_table_is_read_entry_by_entry()
    {
        byte[] table =
        [
            0x52, 0x54, 0, 0, 0, 1, 2, 0, 9, 9, 9, 9, 1, 0, 0, 0, // port 0x102
            0x02, 0x54, 0, 0, 0, 1, 2, 1, 9, 9, 9, 9, 1, 0, 0, 0, // the host's own
            0x52, 0x54, 0, // cut off
        ];
        Assert.Equal(["52:54:00:00:00:01"], BridgeTable.Parse(table)[0x102]);
        Assert.Single(BridgeTable.Parse(table));
    }
}
