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

    [Fact]
    public async Task Metrics_of_all_networks_stand_together()
    {
        _line.Daemon.Add("other", "21111111-2222-3333-4444-555555555555", active: true);
        (await _line.RunAsync("net-stats", "--all", "-o", "openmetrics")).Is(
            """
            # HELP virtnet_rpc_calls_total Calls of clients.
            # TYPE virtnet_rpc_calls_total counter
            virtnet_rpc_calls_total 3
            # HELP virtnet_leases Addresses.
            # TYPE virtnet_leases gauge
            virtnet_leases{network="other"} 2
            virtnet_leases{network="tnet"} 2
            # EOF

            """);
        Assert.Contains("{network=\"tnet\"}", (await _line.RunAsync("net-stats", "tnet", "-o", "openmetrics")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_without_metrics_and_a_network_that_is_not_named_are_refused()
    {
        CommandLine.Outcome none = await _line.RunAsync("net-list", "-o", "openmetrics");
        Assert.Equal((1, ""), (none.Status, none.Output));
        Assert.Contains("has no metrics", none.Error, StringComparison.Ordinal);
        Assert.Contains("requires <network> option", (await _line.RunAsync("net-stats", "--all")).Error, StringComparison.Ordinal);
    }
}
