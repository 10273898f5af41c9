using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Services;

namespace VirtNet.Daemon.Tests.Metrics;

public sealed partial class MetricsTextTests : IAsyncDisposable
{
    private const string Lab = """
        <network><name>lab "1"</name><bridge name='virbr7'/>
          <ip address='10.9.8.1' prefix='24'><dhcp><range start='10.9.8.2' end='10.9.8.11'/></dhcp></ip></network>
        """;

    private static readonly string Promtool = Environment.GetEnvironmentVariable("VIRTNET_PROMTOOL") ?? "/usr/bin/promtool";

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public MetricsTextTests() => _daemon.Services.Counters.AddRange(
    [
        new NetworkCounter("leases.ipv4", 3),
        new NetworkCounter("leases.ipv6", 0),
        new NetworkCounter("dhcp4.received", 40),
        new NetworkCounter("dhcp4.dropped.port-limit", 2),
        new NetworkCounter("dhcp4.offered-now", 1),
        new NetworkCounter("dhcp4.blocked-now", 0),
        new NetworkCounter("dhcp6.received", 4),
        new NetworkCounter("dhcp6.dropped.malformed", 1),
        new NetworkCounter("dns.local.no-error", 5),
        new NetworkCounter("dns.upstream.server-failure", 6),
        new NetworkCounter("dns.upstream-answers", 7),
        new NetworkCounter("dns.upstream-microseconds", 2_500_000),
        new NetworkCounter("tftp.begun", 8),
        new NetworkCounter("ra.asked", 9),
    ]);

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Numbers_of_networks_and_of_the_daemon_have_the_labels_that_tell_them_apart()
    {
        await _daemon.StartAsync(Lab);
        _daemon.Repairs.Add("address");

        string text = await _daemon.Metrics.WriteAllAsync(open: false, Token);

        Assert.All(
            (string[])[
                "virtnet_network_active{network=\"lab \\\"1\\\"\"} 1",
                "virtnet_leases{network=\"lab \\\"1\\\"\",family=\"ipv4\"} 3",
                "virtnet_lease_addresses{network=\"lab \\\"1\\\"\",family=\"ipv4\"} 10",
                "virtnet_dhcp4_messages_total{network=\"lab \\\"1\\\"\",kind=\"received\"} 40",
                "virtnet_dhcp4_dropped_total{network=\"lab \\\"1\\\"\",reason=\"port-limit\"} 2",
                "virtnet_dns_questions_total{network=\"lab \\\"1\\\"\",source=\"upstream\",outcome=\"server-failure\"} 6",
                "virtnet_dns_upstream_seconds_total{network=\"lab \\\"1\\\"\"} 2.5",
                "virtnet_repairs_total{kind=\"address\"} 1",
                "virtnet_rpc_calls_total 20",
                "virtnet_lease_commits_total 7",
                "virtnet_info{version=\"0.1.0\"} 1",
            ],
            line => Assert.Contains("\n" + line + "\n", text, StringComparison.Ordinal));
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        Assert.Single(Announced().Matches(text), match => match.Groups[1].Value == "virtnet_rpc_calls_total");
    }

    [Fact]
    public async Task In_the_open_form_a_counter_is_announced_without_its_suffix()
    {
        string text = await _daemon.Metrics.WriteAllAsync(open: true, Token);
        Assert.Contains("# TYPE virtnet_rpc_calls counter\nvirtnet_rpc_calls_total 20\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_network_is_told_of_alone_and_the_daemon_without_any()
    {
        NetworkRef lab = await _daemon.StartAsync(Lab);
        string network = await _daemon.Extensions.GetMetricsAsync(lab, Token);
        string daemon = await _daemon.Extensions.GetMetricsAsync(null, Token);

        Assert.Contains("virtnet_leases{", network, StringComparison.Ordinal);
        Assert.DoesNotContain("virtnet_rpc", network, StringComparison.Ordinal);
        Assert.Contains("virtnet_rpc_calls_total", daemon, StringComparison.Ordinal);
        Assert.DoesNotContain("network=", daemon, StringComparison.Ordinal);
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Extensions.GetMetricsAsync(new NetworkRef("no", Guid.NewGuid()), Token));
    }

    [Fact]
    public async Task Every_metric_of_the_dashboard_and_of_the_alerts_exists()
    {
        await _daemon.StartAsync(Lab);
        _daemon.Repairs.Add("address");
        HashSet<string> known =
            [.. Announced().Matches(await _daemon.Metrics.WriteAllAsync(open: false, Token)).Select(match => match.Groups[1].Value)];
        foreach (string file in (string[])["dashboard.json", "alerts.yml"])
        {
            string text = await File.ReadAllTextAsync(Path.Combine(PackagingTests.Packaging, "monitoring", file), Token);
            string[] named = [.. Named().Matches(text).Select(match => match.Value).Distinct()];
            Assert.True(named.Length > 4, file);
            Assert.All(named, name => Assert.Contains(name, known));
        }
    }

    [Fact]
    public async Task Prometheus_own_tool_finds_nothing_to_complain_of()
    {
        Assert.SkipUnless(File.Exists(Promtool), "needs promtool (package prometheus; eng/test unpacks it)");
        await _daemon.StartAsync(Lab);
        _daemon.Repairs.Add("address");
        BufferedCommandResult metrics = await Cli.Wrap(Promtool).WithArguments(["check", "metrics"])
            .WithStandardInputPipe(PipeSource.FromString(await _daemon.Metrics.WriteAllAsync(open: false, Token)))
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Token);
        Assert.Equal("", metrics.StandardOutput + metrics.StandardError);

        BufferedCommandResult rules = await Cli.Wrap(Promtool)
            .WithArguments(["check", "rules", Path.Combine(PackagingTests.Packaging, "monitoring", "alerts.yml")])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Token);
        Assert.True(rules.ExitCode == 0, rules.StandardOutput + rules.StandardError);
    }

    [GeneratedRegex("(?m)^# TYPE ([a-z0-9_]+) (?:counter|gauge)$")]
    private static partial Regex Announced();

    [GeneratedRegex(@"\bvirtnet_[a-z0-9_]+")]
    private static partial Regex Named();
}
