using VirtNet.Cli.Bridges;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;
using VirtNet.Cli.Running;
using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Output;

/// <summary>What is printed for a screen: it fits, it has colours where they help, and nothing in it acts on the terminal.</summary>
public sealed class ScreenTests
{
    private static readonly Look Narrow = new(Columns: 80, Colour: false);

    private readonly CommandLine _line = new() { Interactive = true, Look = Narrow };

    public ScreenTests()
    {
        FakeNetwork network = _line.Daemon.Add("default", "11111111-2222-3333-4444-555555555555", active: true, autostart: true);
        network.Bridge = "virbr0";
        network.Xml =
            """
            <network>
              <name>default</name>
              <uuid>11111111-2222-3333-4444-555555555555</uuid>
              <forward mode='nat'/>
              <domain name='lab.test'/>
              <bridge name='virbr0'/>
              <ip address='192.168.122.1' prefix='24'>
                <dhcp><range start='192.168.122.3' end='192.168.122.254'/><host mac='52:54:00:00:00:08' ip='192.168.122.1'/><host mac='52:54:00:00:00:09' ip='192.168.122.2'/></dhcp>
              </ip>
              <ip family='ipv6' address='fd00::1' prefix='64'/>
            </network>
            """;
        network.Leases.Add(new DhcpLease(
            "virbr0", 1_800_000_000, 0, "52:54:00:00:00:01", null, "192.168.122.7", 24, "a-rather-long-hostname",
            "00:01:00:01:2d:11:22:33:52:54:00:00:00:01"));
        _line.BridgePorts.Add(new PluggedDevice("vnet0", "fe:54:00:00:00:01"));
        _line.BridgeMtus["virbr0"] = 1500;
        _line.Daemon.Add("iso");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_line_of_help_is_wider_than_eighty_columns(bool onTerminal)
    {
        CommandLine line = new() { Interactive = onTerminal, Look = onTerminal ? Narrow : Look.Plain };
        string[][] requests =
        [
            ["--help"], ["help"],
            .. AllCommands.Table.Groups.SelectMany(group => group.Commands).SelectMany(
                command => (string[][])[[command.Name, "--help"], ["help", command.Name]]),
            .. AllCommands.Table.Groups.Select(group => (string[])["help", group.Keyword]),
        ];
        foreach (string[] request in requests)
        {
            CommandLine.Outcome outcome = await line.RunAsync(request);
            Assert.Equal((0, ""), (outcome.Status, outcome.Error));
            AssertFits(outcome.Output);
        }
    }

    [Fact]
    public void Every_command_has_examples_that_can_be_understood()
    {
        foreach (CommandDefinition command in AllCommands.Table.Visible())
        {
            Assert.NotEmpty(command.Examples);
            foreach (string example in command.Examples)
            {
                Assert.Equal(command.Name, example.Split(' ')[0]);
                string words = example.Split(" <")[0] is var before && before.Contains('\'') == example.Contains('\'') ? before : example;
                Assert.Same(command, Assert.Single(new CommandParser(AllCommands.Table).Parse(CommandTokens.FromText(words))).Definition);
            }
        }
    }

    [Theory]
    [InlineData("net-list", "--all", "--details")]
    [InlineData("net-list", "--all", "--title", "--columns", "name,uuid,cut-off-by,dhcp-range,warnings")]
    [InlineData("net-info", "default", "--details")]
    [InlineData("net-dhcp-leases", "default")]
    [InlineData("net-attached", "default")]
    [InlineData("net-list", "-o", "table")]
    [InlineData("net-info", "default", "-o", "table")]
    [InlineData("net-strat", "-o", "table")]
    [InlineData("help", "-o", "table")]
    public async Task Tables_and_hints_fit_the_screen(params string[] arguments)
    {
        _line.Connector.Conditions.Set(
            _line.Daemon.Networks[0].Ref.Uuid,
            "firewall",
            [
                new Condition(ConditionKind.CutOff, "ufw (table inet filter, chain forward, rule 7), which lets no new connection through; 'ufw route allow in on virbr0' lets them"),
                new Condition(ConditionKind.Warning, new string('x', 200)),
            ]);
        foreach (int columns in (int[])[40, 80, 120])
        {
            _line.Look = new Look(columns, Colour: false);
            CommandLine.Outcome outcome = await _line.RunAsync(arguments);
            AssertFits(outcome.Output, columns);
            AssertFits(outcome.Error, columns);
        }
    }

    [Fact]
    public async Task What_matters_less_is_left_out_and_that_is_said()
    {
        (await _line.RunAsync("net-dhcp-leases", "default")).Is(
            " MAC address         IP address         Hostname\n"
            + "----------------------------------------------------------------\n"
            + " 52:54:00:00:00:01   192.168.122.7/24   a-rather-long-hostname\n\n",
            "hint: no room for Expiry Time, Protocol, Client ID or DUID\n");
    }

    [Fact]
    public async Task One_long_name_takes_nothing_from_the_others()
    {
        _line.Daemon.Add(new string('n', 71), active: true);
        CommandLine.Outcome outcome = await _line.RunAsync("net-list", "--all", "--details");
        AssertFits(outcome.Output);
        Assert.Matches("^ Name +State +Subnet", outcome.Output);
        Assert.Matches("\n default +active +192\\.168\\.122\\.0/24", outcome.Output);
        Assert.Matches("\n n{24,} +active ", outcome.Output);
    }

    [Fact]
    public async Task A_failure_fits_the_screen()
    {
        string name = string.Join(' ', Enumerable.Repeat("word", 30));
        AssertFits((await _line.RunAsync("net-info", name)).Error);
        _line.Interactive = false;
        _line.Look = Look.Plain;
        Assert.Contains(name, (await _line.RunAsync("net-info", name)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_fit_stay_as_they_are() => Assert.Equal(
        "at line 1: a\n<x  y\n---^\n" + new string('z', 14) + "\n       " + new string('z', 8),
        WrappedText.Overlong("error: ", "at line 1: a\n<x  y\n---^\n" + new string('z', 22), 27 - 7 + 1));

    /// <summary>What is wrong with a network is why people ask for details; where nothing is, there is room for the rest.</summary>
    [Fact]
    public async Task What_is_wrong_stays_on_the_screen_and_empty_columns_go_first()
    {
        CommandLine.Outcome fine = await _line.RunAsync("net-list", "--details");
        Assert.DoesNotContain("Cut off by", fine.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 253", fine.Output, StringComparison.Ordinal);
        _line.Connector.Conditions.Set(
            _line.Daemon.Networks[0].Ref.Uuid, "firewall", [new Condition(ConditionKind.CutOff, "ufw (table inet filter, chain forward)")]);
        CommandLine.Outcome cut = await _line.RunAsync("net-list", "--details");
        Assert.Contains("Cut off by", cut.Output, StringComparison.Ordinal);
        Assert.Contains("ufw (table", cut.Output, StringComparison.Ordinal);
        AssertFits(cut.Output);
    }

    [Fact]
    public async Task Details_say_what_a_network_does()
    {
        _line.Look = new Look(200, Colour: false);
        (await _line.RunAsync("net-list", "--all", "--details")).Is(
            " Name      State      Autostart   Persistent   Mode       Bridge   Subnet             Gateway         DHCP range                      Domain     MTU    Guests   Leases     Cut off by   Warnings\n"
            + new string('-', 195) + "\n"
            + " default   active     yes         yes          nat        virbr0   192.168.122.0/24   192.168.122.1   192.168.122.3-192.168.122.254   lab.test   1500   1        1 of 253   -            -\n"
            + " iso       inactive   no          yes          isolated   -        -                  -               -                               -          -      0        -          -            -\n\n");
        _line.Interactive = false;
        _line.Look = Look.Plain;
        (await _line.RunAsync("net-info", "default", "--details")).Is(
            """
            Name:           default
            UUID:           11111111-2222-3333-4444-555555555555
            Active:         yes
            Persistent:     yes
            Autostart:      yes
            Bridge:         virbr0
            Mode:           nat
            Subnet:         192.168.122.0/24
            Subnet:         fd00::/64
            Gateway:        192.168.122.1
            Gateway:        fd00::1
            DHCP range:     192.168.122.3-192.168.122.254
            Domain:         lab.test
            MTU:            1500
            Guests:         1
            Leases:         1 of 253


            """);
    }

    [Fact]
    public async Task A_state_has_a_colour_where_the_screen_has_them()
    {
        _line.Look = new Look(80, Colour: true);
        CommandLine.Outcome outcome = await _line.RunAsync("net-list", "--all");
        Assert.Contains(" \u001b[32mactive\u001b[0m     yes", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(" \u001b[33minactive\u001b[0m   no", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_are_shown_as_they_are_asked_for()
    {
        (await _line.RunAsync("net-list", "--all", "--columns", "bridge,name", "--no-header")).Is(
            " virbr0   default\n -        iso\n\n");
        (await _line.RunAsync("net-list", "--columns", "nme")).Fails(
            "error: there is no column 'nme'; there are: name, state, autostart, persistent,\n"
            + "       mode, bridge, subnet, gateway, dhcp-range, domain, mtu, guests, leases,\n"
            + "       cut-off-by, warnings, title, uuid\n");
    }

    [Fact]
    public async Task A_name_cannot_act_on_the_terminal()
    {
        const string Name = "a\u202eb\u001b[2J\u009bc\u200f\U000e0041";
        const string Shown = "a\\u202eb\\x1b[2J\\x9bc\\u200f\\U000e0041";
        _line.Daemon.Networks.Clear();
        _line.Daemon.Add(Name, "22222222-2222-3333-4444-555555555555", active: true);
        foreach (string[] request in (string[][])[["net-list"], ["net-list", "--name"], ["net-info", Name], ["net-destroy", Name], ["net-start", Name], ["net-name", "22222222-2222-3333-4444-555555555555"]])
        {
            CommandLine.Outcome outcome = await _line.RunAsync(request);
            Assert.Contains(Shown, outcome.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(outcome.Output, c => c is '\u202e' or '\u001b' or '\u009b' or '\u200f');
        }

        Assert.Contains($"'{Shown}x'", (await _line.RunAsync("net-info", Name + "x")).Error, StringComparison.Ordinal);
        _line.Interactive = false;
        _line.Look = Look.Plain;
        (await _line.RunAsync("net-list", "--name")).Is(Name + "\n\n");
    }

    private static void AssertFits(string text, int columns = 80) =>
        Assert.All(text.Split('\n').Where(line => !line.StartsWith("error: ", StringComparison.Ordinal)), line => Assert.True(DisplayText.Width(line) <= columns, $"wider than {columns}: {line}"));
}
