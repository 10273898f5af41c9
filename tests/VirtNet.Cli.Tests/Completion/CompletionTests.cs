using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Completion;

public sealed class CompletionTests
{
    private readonly CommandLine _line = new();

    public CompletionTests()
    {
        FakeNetwork network = _line.Daemon.Add("default", "11111111-2222-3333-4444-555555555555", active: true);
        network.Ports[Guid.Parse("aaaaaaaa-2222-3333-4444-555555555555")] = "";
        network.Leases.Add(new DhcpLease("virbr0", 0, 0, "52:54:00:00:00:01", null, "10.0.0.2", 24, null, null));
        _line.Daemon.Add("lab", "22222222-2222-3333-4444-555555555555");
        _line.Virsh.Config = "<domain><devices><interface type='user'><mac address='52:54:00:00:00:07'/></interface></devices></domain>";
    }

    [Theory]
    [InlineData("net-undefine net-unpublish net-unset net-update net-uuid", "net-u")]
    [InlineData("net-dumpxml net-define net-desc net-destroy net-dhcp-leases", "net-d")]
    [InlineData("default lab", "net-info", "")]
    [InlineData("lab", "net-start", "")]
    [InlineData("default", "net-destroy", "")]
    [InlineData("lab", "net-autostart", "default", "")]
    [InlineData("11111111-2222-3333-4444-555555555555", "net-name", "1")]
    [InlineData("default", "net-info", "--network", "d")]
    [InlineData("--network=default", "net-info", "--network=d")]
    [InlineData("aaaaaaaa-2222-3333-4444-555555555555", "net-port-delete", "default", "")]
    [InlineData("52:54:00:00:00:01", "net-dhcp-leases", "default", "52:")]
    [InlineData("52:54:00:00:00:01", "net-release-lease", "default", "--mac", "")]
    [InlineData("10.0.0.2", "net-release-lease", "default", "--ip", "")]
    [InlineData("add add-first add-last", "net-update", "default", "add")]
    [InlineData("ip-dhcp-host ip-dhcp-range", "net-update", "default", "add", "ip-")]
    [InlineData("lease lifecycle", "net-event", "--event", "l")]
    [InlineData("--inactive", "net-list", "--i")]
    [InlineData("", "net-list", "--all", "--al")]
    [InlineData("csv json table text yaml", "net-list", "-o", "")]
    [InlineData("json", "-o", "j")]
    [InlineData("--timeout --timestamp", "net-event", "--ti")]
    [InlineData("--connect", "--con")]
    [InlineData("lab", "-q", "--socket", "/x", "net-start", "")]
    [InlineData("", "net-bogus", "")]
    [InlineData("network", "help", "netw")]
    [InlineData("g1", "domiflist", "g1")]
    [InlineData("52:54:00:00:00:07", "domif-edit", "g1", "--mac", "")]
    [InlineData("", "domif-edit", "nosuch", "--mac", "")]
    public async Task What_may_follow_is_offered(string expected, params string[] words)
    {
        CommandLine.Outcome outcome = await _line.RunAsync(["complete", "--", .. words]);
        string[] candidates = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), candidates);
        Assert.Equal("", outcome.Error);
    }

    [Fact]
    public async Task Files_are_offered_with_their_folders()
    {
        string folder = Directory.CreateTempSubdirectory("virtnet-complete-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "nets"));
        await File.WriteAllTextAsync(Path.Combine(folder, "net.xml"), "", TestContext.Current.CancellationToken);
        (await _line.RunAsync("complete", "--", "net-define", folder + "/n")).Is($"{folder}/net.xml\n{folder}/nets/\n");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Without_a_daemon_what_is_known_here_is_offered()
    {
        _line.Connector.Failure = VirtNetException.System("x", 2, "y");
        CommandLine.Outcome outcome = await _line.RunAsync("complete", "--", "net-info", "");
        outcome.Is("--details\n--help\n--network\n--output\n");
        (await _line.RunAsync("complete", "--", "net-info", "d")).Is("");
    }

    [Fact]
    public async Task Who_may_only_read_gets_names_too()
    {
        _line.Connector.Refuses = target => target.ReadOnly ? null : VirtNetException.System("x", 13, "Permission denied");
        (await _line.RunAsync("complete", "--", "net-start", "")).Is("lab\n");
    }

    [Fact]
    public async Task Hundreds_of_names_cost_one_question()
    {
        for (int i = 0; i < 300; i++)
        {
            _line.Daemon.Add($"net{i:000}");
        }

        CommandLine.Outcome outcome = await _line.RunAsync("complete", "--", "net-info", "net");
        Assert.Equal(300, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Single(_line.Connector.Opened);
    }

    [Fact]
    public async Task The_daemon_of_the_line_is_asked()
    {
        await _line.RunAsync("complete", "--", "-c", "network:///there", "net-info", "");
        Assert.Equal("network:///there", Assert.Single(_line.Connector.Opened).Uri);
    }
}
