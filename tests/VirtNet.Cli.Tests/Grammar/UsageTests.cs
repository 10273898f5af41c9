namespace VirtNet.Cli.Tests.Grammar;

/// <summary>What virsh says about command lines that it does not understand; recorded from virsh.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("unknown command: 'net-bogus'", "net-bogus")]
    [InlineData("unknown command: 'net-l'", "net-l", "--all")]
    [InlineData("command 'net-list' doesn't support option --bogus", "net-list", "--bogus")]
    [InlineData("command 'net-list' doesn't support option --al", "net-list", "--al")]
    [InlineData("command 'net-list' doesn't support option --bogus", "net-list", "--bogus=1")]
    [InlineData("invalid '=' after option --all", "net-list", "--all=x")]
    [InlineData("option --all already seen", "net-list", "--all", "--all")]
    [InlineData("option --network already seen", "net-info", "--network", "a", "--network", "b")]
    [InlineData("option --network already seen", "net-info", "a", "--network=b")]
    [InlineData("unexpected data 'extra'", "net-list", "--all", "extra")]
    [InlineData("unexpected data 'iso'", "net-info", "tnet", "iso")]
    [InlineData("unexpected data '-x'", "net-list", "-x")]
    [InlineData("expected syntax: --network <string>", "net-info", "--network")]
    [InlineData("expected syntax: --timeout <number>", "net-event", "--timeout")]
    [InlineData("command 'net-start' requires <network> option", "net-start")]
    [InlineData("command 'net-port-create' requires <file> option", "net-port-create", "tnet")]
    [InlineData("missing \"", "net-info \"default")]
    [InlineData("option '-c'/'--connect' requires an argument", "-c")]
    [InlineData("option '-c'/'--connect' requires an argument", "--con")]
    [InlineData("option '-k'/'--keepalive-interval' requires an argument", "-k")]
    [InlineData("Invalid value for option -k", "-k", "x")]
    [InlineData("option -K requires a positive integer argument", "-K", "-1")]
    [InlineData("unsupported option '-x'. See --help.", "-x")]
    [InlineData("unsupported option '--bogus=1'. See --help.", "--bogus=1")]
    [InlineData("unsupported option '--no=1'. See --help.", "--no=1")]
    [InlineData("unknown output format 'xml': text, json, yaml, csv or table", "net-list", "-o", "xml")]
    [InlineData("unknown output format 'xml': text, json, yaml, csv or table", "-oxml", "net-list")]
    public async Task A_wrong_command_line_is_named_and_nothing_runs(string message, params string[] arguments)
    {
        CommandLine line = new();
        (await line.RunAsync(arguments)).Is("", $"error: {message}\n", status: 1);
        Assert.Empty(line.Connector.Opened);
    }

    [Fact]
    public async Task The_first_missing_option_is_named() => (await new CommandLine().RunAsync("net-update", "n")).Is(
        "",
        """
        error: command 'net-update' requires <command> option

        """,
        status: 1);

    [Fact]
    public async Task A_wrong_command_behind_a_right_one_stops_both()
    {
        CommandLine line = new();
        (await line.RunAsync("net-list --all; net-bogus")).Is("", "error: unknown command: 'net-bogus'\n", status: 1);
        Assert.Empty(line.Connector.Opened);
    }

    [Fact]
    public async Task A_value_may_look_like_an_option() => (await new CommandLine().RunAsync("net-info", "--network", "--inactive"))
        .Fails("error: failed to get network '--inactive'\n"
            + "error: Network not found: no network with matching name '--inactive'\n");

    [Theory]
    [InlineData("")]
    [InlineData("--network=")]
    public async Task An_empty_value_is_refused(string argument) => (await new CommandLine().RunAsync("net-info", argument))
        .Fails("error: Failed to get option 'network': Option argument is empty\n");

    [Fact]
    public async Task Global_options_may_be_joined_and_abbreviated()
    {
        CommandLine line = new();
        (await line.RunAsync("-qrcnetwork:///x", "uri")).Is("network:///x\n");
        Assert.True(line.Connector.Opened[0].ReadOnly);
        (await line.RunAsync("--con=network:///y", "--", "uri")).Is("network:///y\n\n");
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    [InlineData("--version=short")]
    public async Task The_version_is_one_line(string option)
    {
        CommandLine.Outcome outcome = await new CommandLine().RunAsync(option, "ignored");
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", outcome.Output);
    }

    [Fact]
    public async Task No_command_at_all_in_a_text_is_fine() => (await new CommandLine().RunAsync(" ; ")).Is("");
}
