using VirtNet.Cli.Guests;
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
        _line.BridgePorts.Add(new BridgePort("vnet0", "fe:54:00:00:00:01"));
        _line.BridgePorts.Add(new BridgePort("eth1", "02:00:00:00:00:aa"));
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
}
