using System.Text.Json;
using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Output;

/// <summary>One result in every form, for what succeeds and for what fails.</summary>
public sealed class DocumentTests
{
    private const string Uuid = "11111111-2222-3333-4444-555555555555";

    private readonly CommandLine _line = new();

    public DocumentTests()
    {
        FakeNetwork network = _line.Daemon.Add("tnet", Uuid, active: true);
        network.Leases.Add(new DhcpLease("virbr7", 1_800_000_000, 0, "52:54:00:00:00:01", null, "10.0.0.7", 24, "a,b", "01:52"));
        network.Xml = "<network>\n  <name>tnet</name>\n</network>\n";
    }

    [Fact]
    public async Task Yaml_holds_what_json_holds() => (await _line.RunAsync("-o", "yaml", "net-dhcp-leases", "tnet")).Is(
        """
        ---
        version: 1
        command: net-dhcp-leases
        result:
          network:
            name: tnet
            uuid: "11111111-2222-3333-4444-555555555555"
          leases:
          - expires: "2027-01-15T08:00:00+00:00"
            mac: "52:54:00:00:00:01"
            protocol: ipv4
            address: "10.0.0.7"
            prefix: 24
            hostname: "a,b"
            clientId: "01:52"
            iaid: null
            interface: virbr7
            host: null

        """);

    [Fact]
    public async Task Yaml_keeps_xml_readable() => (await _line.RunAsync("net-dumpxml", "tnet", "-o", "yaml")).Is(
        "---\nversion: 1\ncommand: net-dumpxml\nresult:\n  xml: |2\n    <network>\n      <name>tnet</name>\n    </network>\n");

    [Fact]
    public async Task Csv_has_a_row_for_each_that_is_listed() => (await _line.RunAsync("net-dhcp-leases", "tnet", "-o", "csv")).Is(
        "network.name,network.uuid,expires,mac,protocol,address,prefix,hostname,clientId,iaid,interface,host\n"
        + $"tnet,{Uuid},2027-01-15T08:00:00+00:00,52:54:00:00:00:01,ipv4,10.0.0.7,24,\"a,b\",01:52,,virbr7,\n");

    [Fact]
    public async Task Csv_of_nothing_has_the_same_heading()
    {
        _line.Daemon.Networks[0].Leases.Clear();
        (await _line.RunAsync("net-dhcp-leases", "tnet", "-o", "csv")).Is(
            "network.name,network.uuid,expires,mac,protocol,address,prefix,hostname,clientId,iaid,interface,host\n");
        (await _line.RunAsync("net-port-list", "tnet", "-o", "csv")).Is("network.name,network.uuid,ports\n");
    }

    [Fact]
    public async Task Csv_of_one_thing_is_one_row() =>
        (await _line.RunAsync("net-uuid", "tnet", "-o", "csv")).Is($"name,uuid\ntnet,{Uuid}\n");

    [Fact]
    public async Task Columns_may_be_chosen_in_csv_too() =>
        (await _line.RunAsync("net-dhcp-leases", "tnet", "-o", "csv", "--columns", "IP address,hostname", "--no-header"))
            .Is("10.0.0.7/24,\"a,b\"\n");

    [Fact]
    public async Task A_table_is_the_one_that_people_know() => (await _line.RunAsync("net-list", "-o", "table")).Is(
        " Name   State    Autostart   Persistent\n-----------------------------------------\n tnet   active   no          yes\n");

    [Fact]
    public async Task What_has_no_table_is_shown_by_its_fields() => (await _line.RunAsync("net-uuid", "tnet", "-o", "table")).Is(
        $" field   value\n-----------------------------------------------\n name    tnet\n uuid    {Uuid}\n");

    [Theory]
    [InlineData("json")]
    [InlineData("yaml")]
    [InlineData("csv")]
    [InlineData("table")]
    public async Task A_failure_is_a_document_in_every_form(string format)
    {
        string[] texts = ["unknown command: 'net-strat'", "did you mean 'net-start'?"];
        CommandLine.Outcome usage = await _line.RunAsync("net-strat", "tnet", "-o", format);
        Assert.All(texts, text => Assert.Contains(text, usage.Output, StringComparison.Ordinal));
        CommandLine.Outcome refused = await _line.RunAsync("-o", format, "net-info", "nosuch");
        Assert.Contains("failed to get network 'nosuch'", refused.Output, StringComparison.Ordinal);
        Assert.Equal((1, 1), (usage.Status, refused.Status));
    }

    [Fact]
    public async Task Csv_tells_a_failure_by_its_first_column() => (await _line.RunAsync("-ocsv", "net-info", "nosuch")).Is(
        "error,code,domain,cause,hints\n"
        + "failed to get network 'nosuch',43,19,Network not found: no network with matching name 'nosuch',\n",
        "error: failed to get network 'nosuch'\nerror: Network not found: no network with matching name 'nosuch'\n",
        status: 1);

    /// <summary>Wherever the format stands, and whatever is wrong before or behind it.</summary>
    [Theory]
    [InlineData("net-list", "--bogus", "-o", "json")]
    [InlineData("net-list", "-ojson", "--bogus")]
    [InlineData("net-list", "--output=json", "--all", "--all")]
    [InlineData("-qo", "json", "net-list", "extra")]
    [InlineData("--out", "json", "net-start")]
    [InlineData("--bogus", "-o", "json", "net-list")]
    [InlineData("-xojson", "net-list")]
    [InlineData("--bogus", "net-list", "-o", "json")]
    [InlineData("-o", "json", "-c")]
    [InlineData("-k", "x", "net-list", "-o", "json")]
    [InlineData("net-bogus -o json")]
    [InlineData("net-list; net-start -o json")]
    [InlineData("-o", "json", "net-info 'a", "\"b")]
    [InlineData("-o", "json", "net-list", "-o", "xml")]
    [InlineData("-o", "json", "--socket", "", "net-list")]
    public async Task A_wrong_command_line_is_a_document(params string[] arguments)
    {
        CommandLine.Outcome outcome = await _line.RunAsync(arguments);
        using JsonDocument document = JsonDocument.Parse(outcome.Output);
        Assert.Equal(
            outcome.Error.Split('\n')[0],
            $"error: {document.RootElement.GetProperty("error").GetProperty("message").GetString()}");
        Assert.Equal(1, outcome.Status);
        Assert.Empty(_line.Connector.Opened);
    }

    [Fact]
    public async Task The_shell_keeps_to_the_programs_format()
    {
        _line.Input = "net-bogus\nnet-uuid tnet\n";
        CommandLine.Outcome outcome = await _line.RunAsync("-o", "json");
        Assert.Equal(2, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task Help_and_version_are_documents_too()
    {
        (await _line.RunAsync("-o", "json", "--version")).Output.StartsWith("{\"version\":1,\"command\":\"version\"", StringComparison.Ordinal);
        using JsonDocument help = JsonDocument.Parse((await _line.RunAsync("--help", "-o", "json")).Output);
        Assert.NotEqual(0, help.RootElement.GetProperty("result").GetProperty("commands").GetArrayLength());
    }

    [Fact]
    public async Task Nobody_to_talk_to_is_a_document()
    {
        _line.Connector.Failure = VirtNetException.System("Failed to connect socket to '/test'", 2, "No such file or directory");
        CommandLine.Outcome outcome = await _line.RunAsync("net-list", "-o", "yaml");
        Assert.Contains("error:\n  message: \"failed to connect to the hypervisor\"\n  code: 38\n", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Status);
    }

    [Theory]
    [InlineData("a: b")]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("- a")]
    [InlineData("1e3")]
    [InlineData("a\nb")]
    [InlineData("a\n\n")]
    [InlineData("\"quoted\"\t\\ \u0001 \u202e")]
    public async Task Text_of_any_kind_stays_text_in_yaml(string text)
    {
        CommandLine.Outcome outcome = await _line.RunAsync("-o", "yaml", "echo", "--", text);
        string value = outcome.Output[(outcome.Output.IndexOf("  text:", StringComparison.Ordinal) + 7)..];
        Assert.Equal(text, value.StartsWith(" |2-\n", StringComparison.Ordinal)
            ? string.Join('\n', value[5..^1].Split('\n').Select(line => line[4..]))
            : JsonSerializer.Deserialize<string>(value));
    }
}
