using VirtNet.Cli.Tests.Fakes;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>net-port-list, net-port-create, net-port-dumpxml and net-port-delete.</summary>
public sealed class PortTests
{
    private const string First = "aaaaaaaa-2222-3333-4444-555555555555";
    private const string Second = "cccccccc-2222-3333-4444-555555555555";

    private readonly CommandLine _line = new();
    private readonly FakeNetwork _network;

    public PortTests()
    {
        _network = _line.Daemon.Add("tnet", active: true);
        _network.Ports[Guid.Parse(Second)] = "<networkport/>\n";
        _network.Ports[Guid.Parse(First)] = "<networkport/>\n";
    }

    [Fact]
    public async Task Ports_are_listed_in_the_order_of_their_uuids()
    {
        (await _line.RunAsync("net-port-list", "tnet")).Is(
            $" UUID\n---------------------------------------\n {First}\n {Second}\n\n");
        (await _line.RunAsync("net-port-list", "tnet", "--uuid")).Is($"{First}\n{Second}\n\n");
        (await _line.RunAsync("-q", "net-port-list", "tnet")).Is($" {First}\n {Second}\n");
        (await _line.RunAsync("net-port-list", "tnet", "--uuid", "--table"))
            .Fails("error: Only one argument from --table and --uuid may be specified.\n");
    }

    [Fact]
    public async Task Only_an_active_network_has_ports()
    {
        _network.Active = false;
        (await _line.RunAsync("net-port-list", "tnet"))
            .Fails("error: Requested operation is not valid: network 'tnet' is not active\n");
    }

    [Fact]
    public async Task A_port_is_shown_and_deleted()
    {
        (await _line.RunAsync("net-port-dumpxml", "tnet", First)).Is("<networkport/>\n\n");
        (await _line.RunAsync("net-port-delete", "tnet", First)).Is($"Network port {First} deleted\n\n");
        Assert.Single(_network.Ports);
    }

    [Theory]
    [InlineData("net-port-dumpxml tnet 00000000-2222-3333-4444-555555555555", "port '00000000-2222-3333-4444-555555555555'")]
    [InlineData("net-port-dumpxml tnet xyz", "port 'xyz'")]
    [InlineData("net-port-delete tnet xyz", "port 'xyz'")]
    [InlineData("net-port-dumpxml nosuch xyz", "'nosuch'")]
    public async Task A_missing_port_is_named_and_no_failure_as_virsh_has_it(string command, string what) =>
        (await _line.RunAsync(command)).Is("\n", $"error: failed to get network {what}\n");

    [Fact]
    public async Task A_missing_port_is_a_failure_for_scripts_that_read_json() =>
        Assert.Equal(1, (await _line.RunAsync("net-port-dumpxml", "tnet", "xyz", "-o", "json")).Status);

    [Fact]
    public async Task A_port_is_created_from_a_file()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            "<networkport><uuid>dddddddd-2222-3333-4444-555555555555</uuid></networkport>",
            TestContext.Current.CancellationToken);
        (await _line.RunAsync("net-port-create", "tnet", file))
            .Is($"Network port dddddddd-2222-3333-4444-555555555555 created from {file}\n\n");
        File.Delete(file);
    }
}
