namespace VirtNet.Cli.Tests.Commands;

public sealed class NetStatsTests
{
    private readonly CommandLine _line = new();

    public NetStatsTests() => _line.Daemon.Add("tnet", "11111111-2222-3333-4444-555555555555", active: true);

    [Fact]
    public async Task What_happened_is_shown() =>
        (await _line.RunAsync("net-stats", "tnet")).Is(
            """
            leases.ipv4              2
            dhcp4.dropped.port-limit 70


            """);

    [Fact]
    public async Task What_did_not_happen_is_shown_on_demand_and_always_in_json()
    {
        (await _line.RunAsync("net-stats", "tnet", "--all")).Is(
            """
            leases.ipv4              2
            dhcp4.offers             0
            dhcp4.dropped.port-limit 70


            """);
        (await _line.RunAsync("net-stats", "tnet", "-o", "json")).Is(
            """
            {"version":1,"command":"net-stats","result":{"network":{"name":"tnet","uuid":"11111111-2222-3333-4444-555555555555"},"counters":{"leases.ipv4":2,"dhcp4.offers":0,"dhcp4.dropped.port-limit":70}}}

            """);
    }
}
