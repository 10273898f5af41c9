using VirtNet.Model;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>What is said about documents: net-validate, and hints with net-define.</summary>
public sealed class NetValidateTests : IDisposable
{
    private readonly CommandLine _line = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("virtnet-validate-").FullName;
    private readonly string _file;

    public NetValidateTests()
    {
        _file = Path.Combine(_folder, "n.xml");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_sound_file_is_valid_without_a_daemon()
    {
        _line.Connector.Failure = new VirtNetException(VirErrorCode.SystemError, "nobody listens");
        Write("<network>\n  <name>lab</name>\n  <forward/>\n  <ip address='10.0.0.1' prefix='24'/>\n</network>\n");
        (await _line.RunAsync("net-validate", _file)).Is($"{_file} is valid\n\n");
        (await _line.RunAsync("net-validate", _file, "-o", "json")).Is(
            $$$"""{"version":1,"command":"net-validate","result":{"file":"{{{_file}}}","valid":true,"findings":[],"warnings":[]}}""" + "\n");
    }

    [Fact]
    public async Task A_daemon_that_runs_is_asked_whether_it_would_start_the_network()
    {
        Write("<network>\n  <name>lab</name>\n</network>\n");
        (await _line.RunAsync("net-validate", _file)).Is($"{_file} is valid\n\n");
        _line.Connector.PlanRefusal = VirtNetException.ConfigUnsupported("dnsmasq option 'x' of network 'lab' is not supported");
        CommandLine.Outcome outcome = await _line.RunAsync("net-validate", _file);
        Assert.Equal(
            ($"error: {_file}: unsupported configuration: dnsmasq option 'x' of network 'lab' is not supported\n", 1),
            (outcome.Error, outcome.Status));
        _line.Connector.PlanRefusal = VirtNetException.OperationFailed("network 'lab' already exists");
        Assert.Equal(0, (await _line.RunAsync("net-validate", _file)).Status);
    }

    [Fact]
    public async Task Where_a_refusal_leaves_open_what_is_allowed_it_is_named()
    {
        Write("<network>\n  <name>lab</name>\n  <bridge name='virbr-kubernetes'/>\n</network>\n");
        _line.Connector.PlanRefusal = new VirtNetException(
            VirErrorCode.SystemError, "error creating bridge interface virbr-kubernetes: Numerical result out of range");

        Assert.Contains(
            "at most 15 bytes, 'virbr-kubernetes' has 16", (await _line.RunAsync("net-validate", _file)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<network>\n  <name>x</name>\n  <forwad mode='nat'/>\n</network>", "3:3", "did you mean 'forward'?")]
    [InlineData("<network>\n  <name>x</name>\n  <bridge nmae='nat'/>\n</network>", "3:11", "did you mean 'name'?")]
    [InlineData("<network>\n  <name>x</name>\n  <forward mode='teleport'/>\n</network>", "3:", "unknown forwarding type 'teleport'")]
    [InlineData("<network>\n  <name>x</name>", "2:", "Premature end of data")]
    [InlineData("<network>\n  <name>x</name><bridge name=\u2018br0\u2019/></network>", "2:30", "typographic")]
    public async Task What_is_wrong_is_named_with_its_place(string xml, string place, string message)
    {
        Write(xml);
        CommandLine.Outcome outcome = await _line.RunAsync("net-validate", _file);
        Assert.StartsWith($"error: {_file}:{place}", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(("\n", 1), (outcome.Output, outcome.Status));
    }

    [Theory]
    [InlineData("<bridge macTableManager='x'/>", "'kernel', 'libvirt'")]
    [InlineData("<dns enable='maybe'/>", "'yes', 'no'")]
    [InlineData("<ip address='10.90.0.1' prefix='24' localPtr='on'/>", "'yes', 'no'")]
    [InlineData("<port isolated='1'/>", "'yes', 'no'")]
    [InlineData("<bridge delay='-1'/>", "a number from 0 to 18446744073709551615")]
    [InlineData("<mtu size='abc'/>", "a number from 0 to 65535")]
    [InlineData("<forward mode='nat'><nat><port start='1' end='70000'/></nat></forward>", "a number from 1 to 65535")]
    public async Task Of_a_value_that_is_refused_it_is_said_what_it_may_be(string element, string allowed)
    {
        Write($"<network><name>x</name>{element}</network>");
        Assert.EndsWith($" (expected: {allowed})\n", (await _line.RunAsync("net-validate", _file)).Error, StringComparison.Ordinal);
        _line.Daemon.Refusal = Assert.Throws<VirtNetException>(() => VirtNet.Model.Xml.NetworkXml.Parse(File.ReadAllText(_file)));
        string piped = (await _line.RunAsync("net-define", _file)).Error;
        Assert.DoesNotContain("expected", piped, StringComparison.Ordinal); // libvirt's words
        _line.Interactive = true;
        string shown = (await _line.RunAsync("net-define", _file)).Error;
        Assert.StartsWith(piped, shown, StringComparison.Ordinal);
        Assert.EndsWith($" (expected: {allowed})\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_the_parser_takes_and_the_schema_does_not_is_no_exception()
    {
        Write("<network><name>x</name><mtu size='70000'/></network>");
        Assert.EndsWith(" Allowed: a number from 0 to 65535.\n", (await _line.RunAsync("net-validate", _file)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_named_in_the_order_of_the_file()
    {
        Write("<network>\n  <name>x</name>\n  <forwrd/>\n  <bridge nme='x'/>\n  <bogus/>\n</network>");
        CommandLine.Outcome outcome = await _line.RunAsync("net-validate", _file);
        Assert.Equal(
            [$"error: {_file}:3:3", $"error: {_file}:4:11", $"error: {_file}:5:3"],
            outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf(": <", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_bridge_inside_forward_is_accepted_with_a_hint()
    {
        _line.Interactive = true;
        Write("<network>\n  <name>x</name>\n  <forward mode='bridge'>\n    <bridge name ='br0'/>\n  </forward>\n</network>\n");
        (await _line.RunAsync("net-define", _file)).Is(
            $"Network x defined from {_file}\n\n",
            $"hint: {_file}:4:5: <bridge> inside <forward> is ignored: it belongs beside <forward>, inside <network>\n");
    }

    [Fact]
    public async Task An_element_that_means_nothing_is_said_to_people_and_a_pipe_is_virshs()
    {
        Write("<network><name>x</name><bogus/></network>");
        (await _line.RunAsync("net-define", _file)).Is($"Network x defined from {_file}\n\n");
        _line.Interactive = true;
        (await _line.RunAsync("net-define", _file)).Is(
            $"Network x defined from {_file}\n\n", $"hint: {_file}:1:24: <network> has no element <bogus>, it is ignored\n");
        Write("<network><name>x</name><brige/></network>");
        (await _line.RunAsync("net-define", _file)).Is(
            $"Network x defined from {_file}\n\n",
            $"hint: {_file}:1:24: <network> has no element <brige>, it is ignored; did you mean 'bridge'?\n");
        _line.Interactive = false;
        (await _line.RunAsync("net-define", _file)).Is($"Network x defined from {_file}\n\n");
    }

    [Fact]
    public async Task What_will_not_be_as_defined_is_warned_of_on_a_terminal_and_in_documents()
    {
        Write("<network><name>x</name></network>");
        _line.Connector.Warnings = ["dnsmasq option 'log-dhcp' is left out"];
        (await _line.RunAsync("net-define", _file)).Is($"Network x defined from {_file}\n\n");
        Assert.Contains(
            "\"warnings\":[\"dnsmasq option 'log-dhcp' is left out\"]",
            (await _line.RunAsync("-o", "json", "net-define", _file)).Output.Replace("\\u0027", "'", StringComparison.Ordinal),
            StringComparison.Ordinal);
        _line.Interactive = true;
        (await _line.RunAsync("net-define", _file)).Is(
            $"Network x defined from {_file}\n\n", "warning: dnsmasq option 'log-dhcp' is left out\n");
        (await _line.RunAsync("net-autostart", "x")).Is(
            "Network x marked as autostarted\n\n", "warning: dnsmasq option 'log-dhcp' is left out\n");
    }

    [Theory]
    [InlineData("net-validate", false)]
    [InlineData("net-validate", true)]
    [InlineData("net-plan", true)]
    public async Task What_would_be_warned_of_is_warned_of_before(string verb, bool hasDaemon)
    {
        const string warning = "the address 10.0.0.1 reserved for web is the bridge's own and is never given out";
        _line.Connector.Failure = hasDaemon ? null : new VirtNetException(VirErrorCode.SystemError, "nobody listens");
        _line.Connector.Warnings = [warning];
        Write("<network><name>lab</name><forward/><ip address='10.0.0.1' prefix='24'><dhcp>"
            + "<host mac='52:54:00:00:00:01' name='web' ip='10.0.0.1'/></dhcp></ip></network>");
        CommandLine.Outcome piped = await _line.RunAsync(verb, _file);
        Assert.Equal(("", 0), (piped.Error, piped.Status));
        _line.Interactive = true;
        (await _line.RunAsync(verb, _file)).Is(piped.Output, $"warning: {warning}\n");
        CommandLine.Outcome document = await _line.RunAsync(verb, _file, "-o", "json");
        Assert.Contains(
            $"\"warnings\":[\"{warning}\"]", document.Output.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(("", 0), (document.Error, document.Status));
    }

    [Fact]
    public async Task A_TFTP_root_that_is_not_there_is_warned_of_where_no_daemon_can_refuse_it()
    {
        _line.Connector.Failure = new VirtNetException(VirErrorCode.SystemError, "nobody listens");
        _line.Interactive = true;
        Write($"<network><name>lab</name><ip address='10.0.0.1' prefix='24'><tftp root='{_folder}/none'/></ip></network>");
        (await _line.RunAsync("net-validate", _file)).Is(
            $"{_file} is valid\n\n", $"warning: the TFTP root {_folder}/none is not there: the network will not start\n");
    }

    private void Write(string xml) => File.WriteAllText(_file, xml);
}
