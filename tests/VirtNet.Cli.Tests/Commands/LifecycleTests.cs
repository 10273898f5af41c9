using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>net-define, net-create, net-start, net-destroy, net-undefine and net-autostart.</summary>
public sealed class LifecycleTests : IDisposable
{
    private const string Uuid = "11111111-2222-3333-4444-555555555555";

    private readonly CommandLine _line = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("virtnet-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_network_is_defined_from_a_file()
    {
        string file = WriteFile("<network><name>lab</name></network>");
        (await _line.RunAsync("net-define", file)).Is($"Network lab defined from {file}\n\n");
        Assert.True(Assert.Single(_line.Daemon.Networks).Persistent);
    }

    [Fact]
    public async Task A_network_is_created_from_a_file()
    {
        string file = WriteFile("<network><name>lab</name></network>");
        (await _line.RunAsync("net-create", "--file", file)).Is($"Network lab created from {file}\n\n");
        Assert.False(Assert.Single(_line.Daemon.Networks).Persistent);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_document()
    {
        string file = WriteFile("\uFEFF<network><name>lab</name></network>");
        (await _line.RunAsync("net-define", file)).Is($"Network lab defined from {file}\n\n");
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named() => (await _line.RunAsync("net-define", "nofile.xml"))
        .Fails("error: Failed to open file 'nofile.xml': No such file or directory\n");

    [Fact]
    public async Task A_folder_is_no_file() => (await _line.RunAsync("net-define", _folder))
        .Fails($"error: Failed to read file '{_folder}': Is a directory\n");

    [Fact]
    public async Task What_the_server_refuses_is_said_below_what_was_tried()
    {
        string file = WriteFile("<network><nme>x</nme></network>");
        (await _line.RunAsync("net-define", file))
            .Fails($"error: Failed to define network from {file}\nerror: missing name information\n");
        (await _line.RunAsync("net-create", file))
            .Fails($"error: Failed to create network from {file}\nerror: missing name information\n");
    }

    [Fact]
    public async Task Typographic_quotes_are_pointed_at()
    {
        string file = WriteFile("<network>\n  <forward mode=\u2018nat\u2019/></network>");
        (await _line.RunAsync("net-define", file)).Fails(
            $"""
            error: Failed to define network from {file}
            error: at line 1: broken
            <
            -^
            hint: {file}:2:17: AttValue: " or ' expected; the quotation mark ‘ at line 2, column 17 is a typographic one: XML needs " or '

            """);
    }

    [Theory]
    [InlineData("net-start", false, "Network tnet started")]
    [InlineData("net-destroy", true, "Network tnet destroyed")]
    [InlineData("net-undefine", false, "Network tnet has been undefined")]
    [InlineData("net-autostart", false, "Network tnet marked as autostarted")]
    public async Task What_was_done_is_said_unless_quiet(string verb, bool active, string sentence)
    {
        FakeNetwork network = _line.Daemon.Add("tnet", Uuid, active);
        (await _line.RunAsync(verb, "tnet")).Is(sentence + "\n\n");
        _line.Daemon.Networks.Clear();
        network.Active = active;
        _line.Daemon.Networks.Add(network);
        (await _line.RunAsync("-q", verb, "tnet")).Is("");
    }

    [Fact]
    public async Task A_network_is_named_as_the_user_named_it()
    {
        _line.Daemon.Add("tnet", Uuid, active: true);
        (await _line.RunAsync("net-destroy", Uuid)).Is($"Network {Uuid} destroyed\n\n");
        (await _line.RunAsync("net-undefine", Uuid)).Is($"Network {Uuid} has been undefined\n\n");
    }

    [Fact]
    public async Task The_autostart_mark_is_taken_back()
    {
        FakeNetwork network = _line.Daemon.Add("tnet", autostart: true);
        (await _line.RunAsync("net-autostart", "tnet", "--disable")).Is("Network tnet unmarked as autostarted\n\n");
        Assert.False(network.Autostart);
    }

    [Theory]
    [InlineData("net-start tnet", "Failed to start network tnet")]
    [InlineData("net-destroy tnet", "Failed to destroy network tnet")]
    [InlineData("net-undefine tnet", "Failed to undefine network tnet")]
    [InlineData("net-autostart tnet", "failed to mark network tnet as autostarted")]
    [InlineData("net-autostart tnet --disable", "failed to unmark network tnet as autostarted")]
    public async Task Each_failure_has_its_own_line(string command, string line)
    {
        _line.Daemon.Add("tnet", Uuid);
        _line.Daemon.Refusal = VirtNetException.OperationInvalid("not now");
        (await _line.RunAsync(command)).Fails($"error: {line}\nerror: Requested operation is not valid: not now\n");
    }

    [Fact]
    public async Task The_limit_that_libvirts_words_do_not_name_is_a_hint()
    {
        _line.Daemon.Add("tnet", Uuid);
        _line.Daemon.Refusal = new VirtNetException(
            VirErrorCode.SystemError, "error creating bridge interface virbr-kubernetes: Numerical result out of range", VirErrorDomain.None);
        (await _line.RunAsync("net-start", "tnet")).Fails(
            "error: Failed to start network tnet\nerror: error creating bridge interface virbr-kubernetes: Numerical result out of range\n"
            + "hint: an interface's name has at most 15 bytes, 'virbr-kubernetes' has 16\n");
    }

    [Theory]
    [InlineData("net-start")]
    [InlineData("net-destroy")]
    [InlineData("net-undefine")]
    [InlineData("net-autostart")]
    [InlineData("net-info")]
    [InlineData("net-dumpxml")]
    [InlineData("net-edit")]
    [InlineData("net-desc")]
    [InlineData("net-dhcp-leases")]
    [InlineData("net-port-list")]
    [InlineData("net-uuid")]
    public async Task A_network_that_is_not_there_is_named(string verb) => (await _line.RunAsync(verb, "nosuch")).Fails(
        "error: failed to get network 'nosuch'\n"
        + "error: Network not found: no network with matching name 'nosuch'\n");

    [Fact]
    public async Task A_misspelt_name_brings_a_suggestion_where_somebody_reads_it()
    {
        _line.Daemon.Add("default");
        const string Errors = "error: failed to get network 'defualt'\n"
            + "error: Network not found: no network with matching name 'defualt'\n";
        (await _line.RunAsync("net-start", "defualt")).Fails(Errors);
        _line.Interactive = true;
        (await _line.RunAsync("net-start", "defualt")).Fails(Errors + "hint: did you mean 'default'?\n");
        (await _line.RunAsync("net-start", "unlike")).Fails(Errors.Replace("defualt", "unlike"));
    }

    [Fact]
    public async Task Json_holds_the_network_or_the_error()
    {
        _line.Daemon.Add("tnet", Uuid);
        (await _line.RunAsync("net-start", "tnet", "-o", "json")).Is(
            $$$"""{"version":1,"command":"net-start","result":{"name":"tnet","uuid":"{{{Uuid}}}"}}""" + "\n");
        (await _line.RunAsync("net-start", "tnte", "-o", "json")).Is(
            """{"version":1,"command":"net-start","error":{"message":"failed to get network 'tnte'","code":43,"domain":19,"cause":"Network not found: no network with matching name 'tnte'","hints":["did you mean 'tnet'?"]}}"""
            + "\n",
            "error: failed to get network 'tnte'\n"
            + "error: Network not found: no network with matching name 'tnte'\n"
            + "hint: did you mean 'tnet'?\n",
            status: 1);
    }

    [Fact]
    public async Task Several_commands_run_in_turn_and_the_last_one_counts()
    {
        _line.Daemon.Add("tnet", Uuid);
        (await _line.RunAsync($"net-name {Uuid}; net-start nosuch; net-start tnet")).Is(
            "tnet\n\n\nNetwork tnet started\n\n",
            "error: failed to get network 'nosuch'\n"
            + "error: Network not found: no network with matching name 'nosuch'\n");
        Assert.Single(_line.Connector.Opened);
    }

    [Theory]
    [InlineData("net-start", false)]
    [InlineData("net-destroy", true)]
    [InlineData("net-undefine", false)]
    [InlineData("net-autostart", false)]
    public async Task Several_networks_are_done_one_after_the_other(string verb, bool active)
    {
        _line.Daemon.Add("a", active: active);
        _line.Daemon.Add("b", active: active);
        CommandLine.Outcome outcome = await _line.RunAsync(verb, "a", "nosuch", "b");
        Assert.Matches("^Network a [^\n]+\nNetwork b [^\n]+\n\n$", outcome.Output);
        Assert.Equal(
            "error: failed to get network 'nosuch'\nerror: Network not found: no network with matching name 'nosuch'\n", outcome.Error);
        Assert.Equal(1, outcome.Status);
    }

    [Fact]
    public async Task Several_networks_that_succeed_are_a_success()
    {
        _line.Daemon.Add("a");
        _line.Daemon.Add("b");
        (await _line.RunAsync("net-start", "a", "b")).Is("Network a started\nNetwork b started\n\n");
        (await _line.RunAsync("net-autostart", "--disable", "a", "b"))
            .Is("Network a unmarked as autostarted\nNetwork b unmarked as autostarted\n\n");
    }

    [Fact]
    public async Task Several_objects_are_a_document_each()
    {
        _line.Daemon.Add("a", Uuid);
        CommandLine.Outcome outcome = await _line.RunAsync("net-start", "a", "b", "-o", "json");
        string[] documents = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($$$"""{"version":1,"command":"net-start","result":{"name":"a","uuid":"{{{Uuid}}}"}}""", documents[0]);
        Assert.StartsWith("""{"version":1,"command":"net-start","error":{""", documents[1], StringComparison.Ordinal);
        Assert.Equal((2, 1), (documents.Length, outcome.Status));
    }

    [Fact]
    public async Task An_empty_name_among_several_stops_all()
    {
        _line.Daemon.Add("a");
        (await _line.RunAsync("net-start", "a", "")).Fails("error: Failed to get option 'network': Option argument is empty\n");
        Assert.False(_line.Daemon.Networks[0].Active);
    }

    [Fact]
    public async Task Several_files_and_standard_input_are_defined()
    {
        string file = WriteFile("<network><name>lab</name></network>");
        _line.Input = "<network><name>input</name></network>";
        (await _line.RunAsync("net-define", file, "-")).Is(
            $"Network lab defined from {file}\nNetwork input defined from -\n\n");
        _line.Input = "<network><name>input2</name></network>";
        (await _line.RunAsync("net-create", "-")).Is("Network input2 created from -\n\n");
        _line.Input = "<network/>";
        Assert.StartsWith("error: -:1:", (await _line.RunAsync("net-validate", "-")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shell_that_reads_standard_input_does_not_take_documents_from_it()
    {
        _line.Input = "net-define -\n";
        Assert.Equal(
            "error: standard input is where the commands come from: name a file instead of '-'\n", (await _line.RunAsync()).Error);
    }

    [Fact]
    public async Task An_update_keeps_what_the_file_leaves_open()
    {
        FakeNetwork network = _line.Daemon.Add("lab", Uuid);
        network.Xml = $"<network><name>lab</name><uuid>{Uuid}</uuid><bridge name='virbr3'/><mac address='52:54:00:00:00:07'/></network>";
        string file = WriteFile("<?xml version='1.0'?>\n<!-- ours -->\n<network>\n  <name>lab</name>\n  <domain name='d'/>\n</network>\n");
        (await _line.RunAsync("net-define", "--update", file)).Is($"Network lab defined from {file}\n\n");
        FakeNetwork updated = Assert.Single(_line.Daemon.Networks);
        Assert.Equal(Guid.Parse(Uuid), updated.Ref.Uuid);
        Assert.Contains("<domain name=\"d\"", updated.Xml.Replace('\'', '"'), StringComparison.Ordinal);
        Assert.Contains("<bridge name=\"virbr3\"", updated.Xml, StringComparison.Ordinal);
        Assert.Contains("<mac address=\"52:54:00:00:00:07\"", updated.Xml, StringComparison.Ordinal);
        Assert.StartsWith("\n<!-- ours -->\n<network>", updated.Xml, StringComparison.Ordinal); // lines keep their numbers
    }

    [Fact]
    public async Task An_update_of_nothing_is_a_new_network()
    {
        string file = WriteFile("<network><name>lab</name></network>");
        (await _line.RunAsync("net-define", "--update", file)).Is($"Network lab defined from {file}\n\n");
    }

    [Fact]
    public async Task An_update_does_not_take_another_networks_place()
    {
        FakeNetwork network = _line.Daemon.Add("lab", Uuid);
        network.Xml = $"<network><name>lab</name><uuid>{Uuid}</uuid><bridge name='virbr3'/></network>";
        string file = WriteFile("<network><name>lab</name><bridge name='virbr0'/></network>");
        CommandLine.Outcome outcome = await _line.RunAsync("net-define", "--update", file);
        Assert.Equal(
            $"error: Failed to define network from {file}\n"
            + "error: operation failed: network 'lab' is on bridge 'virbr3', the file names bridge 'virbr0': it may be another network\n"
            + $"hint: <uuid>{Uuid}</uuid> in the file says that it is the same one\n",
            outcome.Error);
        Assert.Equal(1, outcome.Status);
    }

    [Theory]
    [InlineData("<network><name>lab</name></network>", true)]
    [InlineData("<network><name>lab</name><uuid>99999999-2222-3333-4444-555555555555</uuid></network>", false)]
    public async Task A_refused_name_hints_at_the_update(string xml, bool helps)
    {
        _line.Daemon.Add("lab", Uuid);
        _line.Daemon.Refusal = VirtNetException.OperationFailed($"network 'lab' already exists with uuid {Uuid}");
        string file = WriteFile(xml);
        string errors = $"error: Failed to define network from {file}\nerror: operation failed: network 'lab' already exists with uuid {Uuid}\n";
        (await _line.RunAsync("net-define", file)).Fails(errors);
        _line.Interactive = true;
        (await _line.RunAsync("net-define", file))
            .Fails(errors + (helps ? "hint: net-define --update changes that network and keeps its UUID\n" : ""));
    }

    private string WriteFile(string xml)
    {
        string path = Path.Combine(_folder, "net.xml");
        File.WriteAllText(path, xml);
        return path;
    }
}
