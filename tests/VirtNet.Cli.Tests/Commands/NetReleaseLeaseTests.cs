using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed class NetReleaseLeaseTests
{
    private readonly CommandLine _line = new();

    public NetReleaseLeaseTests() => _line.Daemon.Add("tnet", "11111111-2222-3333-4444-555555555555", active: true);

    [Theory]
    [InlineData("net-release-lease tnet")]
    [InlineData("net-release-lease tnet --mac 52:54:00:00:00:01 --ip 10.0.0.7")]
    public async Task What_to_release_is_said_in_one_way(string command) =>
        (await _line.RunAsync(command)).Fails("error: either --mac <mac> or --ip <address> is required\n");

    [Fact]
    public async Task What_ended_is_said()
    {
        _line.Connector.Released =
        [
            new DhcpLease("virbr7", 1_800_000_000, 0, "52:54:00:00:00:01", null, "10.0.0.7", 24, "guest", null),
            new DhcpLease("virbr7", 0, 1, "52:54:00:00:00:01", "5", "fd00::7", 64, null, "00:01"),
        ];
        (await _line.RunAsync("net-release-lease", "tnet", "--mac", "52:54:00:00:00:01")).Is(
            "Lease of 10.0.0.7 by 52:54:00:00:00:01 released\nLease of fd00::7 by 52:54:00:00:00:01 released\n\n");
        (await _line.RunAsync("net-release-lease", "tnet", "--ip", "10.0.0.7", "-o", "json")).Is(
            """
            {"version":1,"command":"net-release-lease","result":{"network":{"name":"tnet","uuid":"11111111-2222-3333-4444-555555555555"},"leases":[{"expires":"2027-01-15T08:00:00+00:00","mac":"52:54:00:00:00:01","protocol":"ipv4","address":"10.0.0.7","prefix":24,"hostname":"guest","clientId":null,"iaid":null,"interface":"virbr7","host":null},{"expires":null,"mac":"52:54:00:00:00:01","protocol":"ipv6","address":"fd00::7","prefix":64,"hostname":null,"clientId":"00:01","iaid":"5","interface":"virbr7","host":null}]}}

            """);
    }

    [Theory]
    [InlineData("10.0.0.9/24", "10.0.0.9")]
    [InlineData("10.0.0.9", "10.0.0.9")]
    [InlineData("fd00::9/64", "fd00::9")]
    [InlineData("52:54:00:00:00:01", "52:54:00:00:00:01")]
    [InlineData("10.0.0.9/x", "10.0.0.9/x")]
    public async Task An_address_is_taken_as_lists_print_it(string written, string asked)
    {
        string expected = $"error: Failed to release a lease on network tnet\n"
            + $"error: Requested operation is not valid: network 'tnet' has no lease of {asked}\n";
        (await _line.RunAsync("net-release-lease", "tnet", written)).Fails(expected);
        (await _line.RunAsync("net-release-lease", "tnet", written.Contains("54:") ? "--mac" : "--ip", written)).Fails(expected);
    }

    [Fact]
    public async Task Nothing_to_release_is_an_error() =>
        (await _line.RunAsync("net-release-lease", "tnet", "--ip", "10.0.0.9")).Fails(
            "error: Failed to release a lease on network tnet\n"
            + "error: Requested operation is not valid: network 'tnet' has no lease of 10.0.0.9\n");
}
