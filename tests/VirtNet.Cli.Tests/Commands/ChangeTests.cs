using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>net-update, net-desc, net-metadata and net-edit.</summary>
public sealed class ChangeTests
{
    private const string Host = "<host mac='52:54:00:11:22:35' ip='192.168.77.5'/>";

    private readonly CommandLine _line = new();
    private readonly FakeNetwork _network;

    public ChangeTests()
    {
        _network = _line.Daemon.Add("tnet", "11111111-2222-3333-4444-555555555555", active: true);
    }

    [Theory]
    [InlineData(3, "persistent config and live state", "--live", "--config")]
    [InlineData(1, "live state", "--live")]
    [InlineData(2, "persistent config", "--config")]
    [InlineData(0, "live state", "--current")]
    [InlineData(0, "live state")]
    public async Task An_update_says_what_it_changed(int flags, string what, params string[] options)
    {
        (await _line.RunAsync(["net-update", "tnet", "add", "ip-dhcp-host", Host, .. options]))
            .Is($"Updated network tnet {what}\n");
        Assert.Equal(new NetworkUpdateRequest(3, 4, -1, Host, (uint)flags), Assert.Single(_network.Updates));
    }

    [Fact]
    public async Task An_update_of_an_inactive_network_is_one_of_its_definition()
    {
        _network.Active = false;
        (await _line.RunAsync("net-update", "tnet", "modify", "dns-srv", "<srv/>", "--parent-index", "2"))
            .Is("Updated network tnet persistent config\n");
        Assert.Equal(new NetworkUpdateRequest(1, 12, 2, "<srv/>", 0), Assert.Single(_network.Updates));
    }

    [Theory]
    [InlineData("unrecognized command name 'bogus'", "bogus", "dns-txt", "<txt/>")]
    [InlineData("unrecognized section name 'bogus'", "add", "bogus", "<txt/>")]
    [InlineData("Failed to open file 'notxml': No such file or directory", "add", "dns-txt", "notxml")]
    [InlineData("Options --current and --live are mutually exclusive", "add", "dns-txt", "<txt/>", "--live", "--current")]
    [InlineData(
        "Numeric value 'x' for <parent-index> option is malformed or out of range", "add", "ip", "<ip/>", "--parent-index", "x")]
    public async Task A_wrong_update_is_refused_here(string message, params string[] arguments)
    {
        (await _line.RunAsync(["net-update", "tnet", .. arguments])).Fails($"error: {message}\n");
        Assert.Empty(_network.Updates);
    }

    [Fact]
    public async Task A_description_is_shown_set_and_removed()
    {
        (await _line.RunAsync("net-desc", "tnet")).Is("No description for network: tnet\n");
        (await _line.RunAsync("net-desc", "tnet", "some", "text")).Is("Network description updated successfully\n");
        (await _line.RunAsync("net-desc", "tnet")).Is("some text\n");
        (await _line.RunAsync("net-desc", "tnet", "--title", "--new-desc", "T one")).Is("Network title updated successfully\n");
        (await _line.RunAsync("net-desc", "tnet", "--title")).Is("T one\n");
        (await _line.RunAsync("net-desc", "tnet", "--title", "--new-desc", "")).Is("Network title updated successfully\n");
        (await _line.RunAsync("net-desc", "tnet", "--title")).Is("No title for network: tnet\n");
        (await _line.RunAsync("-q", "net-desc", "tnet", "--title")).Is("");
    }

    [Fact]
    public async Task A_description_cannot_be_both_definitions_at_once() =>
        (await _line.RunAsync("net-desc", "tnet", "--live", "--config", "x")).Fails(
            "error: Flags 'VIR_NETWORK_UPDATE_AFFECT_LIVE' and 'VIR_NETWORK_UPDATE_AFFECT_CONFIG' are mutually exclusive\n");

    [Fact]
    public async Task A_title_is_edited_without_the_editors_line_end()
    {
        _line.Editor.Edit = text => text + "new\n";
        (await _line.RunAsync("net-desc", "tnet", "--title", "--edit")).Is("Network title updated successfully\n");
        Assert.Equal("new", _network.Metadata["1 "]);
        _line.Editor.Edit = text => text;
        (await _line.RunAsync("net-desc", "tnet", "--title", "--edit")).Is("Network title not changed\n\n");
    }

    [Fact]
    public async Task Metadata_is_shown_set_and_removed()
    {
        (await _line.RunAsync("net-metadata", "tnet", "http://x/")).Is("\n\n");
        (await _line.RunAsync("net-metadata", "tnet", "http://x/", "--key", "k", "--set", "<a/>")).Is("Metadata modified\n\n");
        (await _line.RunAsync("net-metadata", "tnet", "http://x/")).Is("<a/>\n\n");
        (await _line.RunAsync("net-metadata", "tnet", "http://x/", "--remove")).Is("Metadata removed\n\n");
        (await _line.RunAsync("net-metadata", "tnet", "http://x/", "--set", "<a/>"))
            .Fails("error: namespace key is required when modifying metadata\n");
        (await _line.RunAsync("net-metadata", "tnet", "http://x/", "--set", "<a/>", "--remove"))
            .Fails("error: Options --remove and --set are mutually exclusive\n");
    }

    [Fact]
    public async Task A_definition_that_was_not_changed_is_left_alone()
    {
        _line.Daemon.Refusal = VirtNetException.Internal("nothing may be changed");
        (await _line.RunAsync("net-edit", "tnet")).Is("Network tnet XML configuration not changed.\n\n");
        Assert.False(File.Exists(_line.Editor.Path));
    }

    [Fact]
    public async Task An_edited_definition_is_defined()
    {
        _line.Editor.Edit = text => text.Replace("<name>", "<bridge name='virbr9'/><name>");
        (await _line.RunAsync("net-edit", "tnet")).Is("Network tnet XML configuration edited.\n\n");
        Assert.Single(_line.Daemon.Networks);
        Assert.False(File.Exists(_line.Editor.Path));
    }

    [Fact]
    public async Task Refused_text_is_kept_where_nobody_can_be_asked()
    {
        _line.Editor.Edit = text => text.Replace("<name>tnet</name>", "");
        CommandLine.Outcome outcome = await _line.RunAsync("net-edit", "tnet");
        outcome.Fails($"error: Failed.\nerror: missing name information\nhint: your text is in {_line.Editor.Path}\n");
        Assert.DoesNotContain("<name>", File.ReadAllText(_line.Editor.Path!), StringComparison.Ordinal);
        File.Delete(_line.Editor.Path!);
    }

    [Fact]
    public async Task Refused_text_can_be_edited_again()
    {
        Queue<Func<string, string>> edits = new([text => text.Replace("name>", "nme>"), text => text.Replace("nme>", "name>") + " "]);
        _line.Editor.Edit = text => edits.Dequeue()(text);
        _line.Answer = () => "y";
        (await _line.RunAsync("net-edit", "tnet")).Is(
            "Failed. Edit again? [y/n]: Network tnet XML configuration edited.\n\n", "error: missing name information\n");
    }

    [Fact]
    public async Task What_another_user_changed_meanwhile_is_not_overwritten()
    {
        _line.Editor.Edit = text =>
        {
            _network.Xml += "<!-- changed -->";
            return text + " ";
        };
        CommandLine.Outcome outcome = await _line.RunAsync("net-edit", "tnet");
        Assert.StartsWith(
            "error: ERROR: the XML configuration was changed by another user\n", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Status);
        Assert.True(File.Exists(_line.Editor.Path));
        File.Delete(_line.Editor.Path!);
    }
}
