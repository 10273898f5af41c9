using VirtNet.Cli.Connections;
using VirtNet.Cli.Grammar;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>help, echo, exit, uri, version, connect, net-plan, and the connection itself.</summary>
public sealed class ProgramTests
{
    private readonly CommandLine _line = new();

    [Fact]
    public async Task Help_describes_a_command_from_its_definition()
    {
        const string Expected =
            """
              NAME
                net-destroy - stop networks

              SYNOPSIS
                net-destroy <network>...

              DESCRIPTION
                Stop networks at once. A transient network is gone afterwards, a persistent
                one stays defined.

              OPTIONS
                [--network] <string>  network names or uuids

              EXAMPLES
                virtnet net-destroy default
                virtnet net-destroy lab1 lab2



            """;
        (await _line.RunAsync("help", "net-destroy")).Is(Expected);
        (await _line.RunAsync("net-destroy", "tnet", "--help")).Is(Expected);
        Assert.Empty(_line.Connector.Opened);
    }

    [Fact]
    public async Task Help_lists_a_group_or_all_groups()
    {
        (await _line.RunAsync("help", "host")).Is(
            " Host (help keyword 'host'):\n"
            + "    uri                            print the URI of the connection\n"
            + "    version                        show versions\n\n");
        CommandLine.Outcome all = await _line.RunAsync("help");
        Assert.StartsWith("Grouped commands:\n\n Networking (help keyword 'network'):\n", all.Output, StringComparison.Ordinal);
        (await _line.RunAsync("help", "bogus")).Fails("error: command or command group 'bogus' doesn't exist\n");
    }

    [Fact]
    public async Task Every_command_can_be_described()
    {
        foreach (CommandDefinition command in Cli.Running.AllCommands.Table.Visible())
        {
            CommandLine.Outcome outcome = await _line.RunAsync("help", command.Name);
            Assert.StartsWith($"  NAME\n    {command.Name} - ", outcome.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a b\n", "a", "b")]
    [InlineData("'it'\\''s' 'a b' '' x\n", "--shell", "it's", "a b", "", "x")]
    [InlineData("&lt;a&gt;&amp;&quot;&apos;\n", "--xml", "<a>&\"'")]
    [InlineData("--x -o json\n", "--", "--x", "-o", "json")]
    public async Task Echo_shows_how_arguments_were_read(string expected, params string[] arguments) =>
        (await _line.RunAsync(["echo", .. arguments])).Is(expected);

    [Fact]
    public async Task Echo_can_fail_and_complain()
    {
        (await _line.RunAsync("echo", "--err", "a")).Is("\n", "error: a\n");
        (await _line.RunAsync("echo", "--xml", "--shell", "a"))
            .Fails("error: Options --shell and --xml are mutually exclusive\n");
    }

    [Fact]
    public async Task Exit_ends_the_commands() => (await _line.RunAsync("echo a; quit; echo b")).Is("a\n");

    [Fact]
    public async Task Connect_goes_elsewhere()
    {
        (await _line.RunAsync("uri; connect network:///b --readonly; uri"))
            .Is("network:///system?socket=/test\n\n\nnetwork:///b\n\n");
        Assert.True(_line.Connector.Opened[1].ReadOnly);
    }

    [Fact]
    public async Task Versions_are_those_of_the_program_and_the_daemon()
    {
        CommandLine.Outcome outcome = await _line.RunAsync("version", "--daemon");
        Assert.EndsWith(
            "\nUsing API: network 11.3.0\nRunning against daemon: 11.3.0\n\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timing_takes_the_place_of_the_empty_line() =>
        (await _line.RunAsync("-t", "echo", "a")).Is("a\n(Time: 0.000 ms)\n\n");

    [Fact]
    public async Task Nobody_to_connect_to_is_said_and_nothing_else()
    {
        _line.Connector.Failure = VirtNetException.System("Failed to connect socket to '/test'", 2, "No such file or directory");
        const string Errors = "error: failed to connect to the hypervisor\n"
            + "error: Failed to connect socket to '/test': No such file or directory\n";
        (await _line.RunAsync("net-list; net-list")).Is("", Errors, status: 1);
        _line.Variables.Clear();
        (await _line.RunAsync("net-list")).Is(
            "",
            Errors + "hint: virtnetd is not running: start it with 'systemctl start virtnetd', or run virtnet as root\n",
            status: 1);
    }

    [Fact]
    public async Task A_socket_without_the_right_to_use_it_names_the_group()
    {
        _line.Connector.Failure = VirtNetException.System("Failed to connect socket to '/test'", 13, "Permission denied");
        CommandLine.Outcome outcome = await _line.RunAsync("net-list");
        Assert.Contains("hint: the socket is for root and for members of the group virtnet: 'sudo usermod -aG virtnet ada'", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, "network:///system?socket=/run/virtnet/virtnet-sock", true)]
    [InlineData(null, null, "network:///env", "network:///env", false)]
    [InlineData(null, "/a b", "network:///env", "network:///system?socket=/a%20b", false)]
    [InlineData("network:///c", "/a", "network:///env", "network:///c", false)]
    public void The_nearest_word_about_where_to_connect_counts(
        string? uri, string? socket, string? variable, string expected, bool isDefault)
    {
        ConnectionTarget target = TargetOptions.Choose(new GlobalOptions { Uri = uri, Socket = socket }, variable);
        Assert.Equal(expected, target.Uri);
        Assert.Equal(isDefault, target.IsDefault);
    }

    [Fact]
    public async Task A_plan_is_shown_step_by_step()
    {
        _line.Connector.Plan.Add(new PlanStep("create", "link", "virbr7", "bridge virbr7 stp on"));
        _line.Connector.Plan.Add(new PlanStep("change", "firewall", "virbr7", "a\nb\n"));
        _line.Connector.Plan.Add(new PlanStep("remove", "qdisc", "virbr7", ""));
        (await _line.RunAsync("net-plan", "tnet")).Is(
            """
             + bridge virbr7 stp on
             ~ a
                 b
             - qdisc virbr7
            1 to create, 1 to change, 1 to remove.


            """);
        (await _line.RunAsync("net-plan", "tnet", "-o", "json")).Is(
            """{"version":1,"command":"net-plan","result":{"subject":"tnet","steps":[{"action":"create","kind":"link","subject":"virbr7","detail":"bridge virbr7 stp on"},{"action":"change","kind":"firewall","subject":"virbr7","detail":"a\nb\n"},{"action":"remove","kind":"qdisc","subject":"virbr7","detail":""}],"warnings":[]}}"""
            + "\n");
        _line.Connector.Plan.Clear();
        (await _line.RunAsync("net-plan", "tnet")).Is("Nothing would change.\n\n");
    }
}
