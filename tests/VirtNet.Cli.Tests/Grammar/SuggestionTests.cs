namespace VirtNet.Cli.Tests.Grammar;

/// <summary>What may have been meant, for who reads along; a pipe gets virsh's text alone (see <see cref="UsageTests"/>).</summary>
public sealed class SuggestionTests
{
    private readonly CommandLine _line = new() { Interactive = true };

    [Theory]
    [InlineData("unknown command: 'net-strat'", "did you mean 'net-start'?", "net-strat", "default")]
    [InlineData("unknown command: 'list'", "did you mean 'net-list'?", "list")]
    [InlineData("unknown command: 'dumpxlm'", "did you mean 'net-dumpxml'?", "dumpxlm")]
    [InlineData("unknown command: 'zzzzzzzzz'", "'virtnet help' lists the commands", "zzzzzzzzz")]
    [InlineData("command 'net-list' doesn't support option --al", "did you mean '--all'?", "net-list", "--al")]
    [InlineData("command 'net-list' doesn't support option --qqq", "'virtnet net-list --help' lists its options", "net-list", "--qqq")]
    [InlineData("unsupported option '--conect'. See --help.", "did you mean '--connect'?", "--conect", "test:///default", "net-list")]
    [InlineData("unsupported option '--hlep'. See --help.", "did you mean '--help'?", "--hlep")]
    [InlineData("unsupported option '--quiett'. See --help.", "did you mean '--quiet'?", "--quiett", "net-list")]
    [InlineData("unknown output format 'JSON': text, json, yaml, csv or table", "did you mean 'json'?", "-o", "JSON", "net-list")]
    [InlineData("unknown output format 'jsn': text, json, yaml, csv or table", "did you mean 'json'?", "net-list", "-o", "jsn")]
    public async Task A_misspelt_word_is_followed_by_what_it_may_mean(string error, string hint, params string[] arguments) =>
        (await _line.RunAsync(arguments)).Is("", $"error: {error}\nhint: {hint}\n", status: 1);

    [Theory]
    [InlineData("command or command group 'net-lst' doesn't exist", "did you mean 'net-list'?", "help", "net-lst")]
    [InlineData("unknown event type lifecycl", "one of: lifecycle, metadata-change, lease", "net-event", "--event", "lifecycl")]
    [InlineData("unrecognized command name 'ad'", "one of: modify, delete, add-last, add-first, add", "net-update", "lab", "ad", "ip", "<ip/>")]
    public async Task A_misspelt_value_is_followed_by_what_it_can_be(string error, string hint, params string[] arguments)
    {
        CommandLine line = new();
        line.Daemon.Add("lab");
        (await line.RunAsync(arguments)).Fails($"error: {error}\n");
        line.Interactive = true;
        (await line.RunAsync(arguments)).Fails($"error: {error}\nhint: {hint}\n");
    }

    [Fact]
    public async Task Json_gets_a_document_for_a_wrong_command_line_too()
    {
        _line.Interactive = false;
        (await _line.RunAsync("net-strat", "default", "-o", "json")).Is(
            """
            {"version":1,"command":"net-strat","error":{"message":"unknown command: 'net-strat'","code":0,"domain":0,"cause":null,"hints":["did you mean 'net-start'?"]}}

            """,
            "error: unknown command: 'net-strat'\nhint: did you mean 'net-start'?\n",
            status: 1);
    }

    [Fact]
    public async Task A_short_h_asks_a_command_for_its_help() =>
        Assert.Equal((await _line.RunAsync("net-start", "--help")).Output, (await _line.RunAsync("net-start", "-h")).Output);

    [Theory]
    [InlineData("TNET")]
    [InlineData("virbr7")]
    [InlineData("1111")]
    public async Task A_network_is_suggested_by_other_case_by_its_bridge_and_by_the_beginning_of_its_uuid(string text)
    {
        _line.Daemon.Add("tnet", "11111111-2222-3333-4444-555555555555", active: true).Bridge = "virbr7";
        Assert.EndsWith("hint: did you mean 'tnet'?\n", (await _line.RunAsync("net-info", text)).Error, StringComparison.Ordinal);
    }
}
