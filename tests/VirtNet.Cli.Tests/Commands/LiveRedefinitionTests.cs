using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>net-define --live.</summary>
public sealed class LiveRedefinitionTests : IDisposable
{
    private static readonly NetworkRef Lab = new("lab", Guid.Parse("11111111-2222-3333-4444-555555555555"));
    private static readonly RedefinedItem Stp = new("stp", "yes", "no", ChangeEffect.Applied);
    private static readonly RedefinedItem Range =
        new("dhcp-range", "<range start='10.0.0.2' end='10.0.0.9'/>", null, ChangeEffect.NeedsLeaseRenewal);

    private static readonly RedefinedItem Bridge = new("bridge-name", "virbr0", "virbr9", ChangeEffect.NeedsRestart);
    private static readonly RedefinedItem Route = new("route", null, "10.9.0.0/16 via 10.0.0.9", ChangeEffect.Applied);

    private readonly CommandLine _line = new();
    private readonly string _file = Path.GetTempFileName();
    private RedefineFlags _flags;

    public LiveRedefinitionTests() => File.WriteAllText(_file, "<network><name>lab</name></network>");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Each_item_is_shown_with_what_became_of_it()
    {
        Answer(done: true, Stp, Range, Route);
        (await _line.RunAsync("net-define", "--live", _file)).Is(
            $"""
             ~ stp yes -> no: applied
             - dhcp-range <range start='10.0.0.2' end='10.0.0.9'/>: needs lease renewal
             + route 10.9.0.0/16 via 10.0.0.9: applied
            Network lab redefined from {_file}


            """);
        Assert.Equal(RedefineFlags.None, _flags);
    }

    [Fact]
    public async Task What_cannot_be_done_as_a_whole_fails_and_shows_why()
    {
        Answer(done: false, Stp, Bridge);
        (await _line.RunAsync("net-define", "--live", _file)).Is(
            " ~ stp yes -> no: can be applied\n ~ bridge-name virbr0 -> virbr9: needs restart\n\n",
            $"""
            error: Failed to redefine network from {_file}
            error: Operation not supported: network 'lab' cannot change as a whole while it is active; nothing was changed
            hint: --partial makes the other changes now and leaves these for the next start

            """,
            status: 1);
    }

    [Fact]
    public async Task A_part_of_it_is_done_on_request()
    {
        Answer(done: true, Stp, Bridge);
        (await _line.RunAsync("net-define", "--live", "--partial", "--validate", _file)).Is(
            " ~ stp yes -> no: applied\n ~ bridge-name virbr0 -> virbr9: needs restart\n"
            + $"Network lab redefined from {_file}\n\n");
        Assert.Equal(RedefineFlags.Partial | RedefineFlags.Validate, _flags);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_become_of_it()
    {
        Answer(done: false, Stp, Bridge);
        (await _line.RunAsync("net-define", "--live", "--dry-run", _file)).Is(
            " ~ stp yes -> no: can be applied\n ~ bridge-name virbr0 -> virbr9: needs restart\n"
            + $"Network lab would not be redefined from {_file} without --partial\n\n");
        Answer(done: false, Stp);
        (await _line.RunAsync("net-define", "--live", "--dry-run", _file)).Is(
            $" ~ stp yes -> no: can be applied\nNetwork lab would be redefined from {_file}\n\n");
        Answer(done: false);
        (await _line.RunAsync("net-define", "--live", "--dry-run", _file)).Is(
            $"Network lab runs as {_file} defines it\n\n");
    }

    [Fact]
    public async Task Programs_get_the_items_as_json()
    {
        Answer(done: true, Range);
        (await _line.RunAsync("net-define", "--live", _file, "-o", "json")).Is(
            """{"version":1,"command":"net-define","result":{"network":{"name":"lab","uuid":"11111111-2222-3333-4444-555555555555"},"done":true,"items":[{"item":"dhcp-range","before":"<range start='10.0.0.2' end='10.0.0.9'/>","after":null,"effect":"needs-lease-renewal"}]}}"""
            + "\n");
        Answer(done: false, Stp, Bridge);
        CommandLine.Outcome refused = await _line.RunAsync("net-define", "--live", _file, "-o", "json");
        Assert.Equal(1, refused.Status);
        Assert.Contains("\"code\":84", refused.Output, StringComparison.Ordinal);
        Assert.Contains("\"bridge-name virbr0 -> virbr9: needs restart\"", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stp", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_inactive_network_is_pointed_to_the_plain_verb()
    {
        _line.Connector.Redefine = (_, _) => Task.FromException<Redefinition>(
            VirtNetException.OperationInvalid("network 'lab' is not active"));
        (await _line.RunAsync("net-define", "--live", _file)).Fails(
            $"""
            error: Failed to redefine network from {_file}
            error: Requested operation is not valid: network 'lab' is not active
            hint: without --live, net-define changes what the next start uses

            """);
    }

    [Theory]
    [InlineData("--partial")]
    [InlineData("--dry-run")]
    public async Task Its_options_mean_nothing_without_it(string option) =>
        (await _line.RunAsync("net-define", option, _file)).Fails($"error: Option --live is required by option {option}\n");

    private void Answer(bool done, params RedefinedItem[] items) => _line.Connector.Redefine = (_, flags) =>
    {
        _flags = flags;
        return Task.FromResult(new Redefinition(Lab, done, items));
    };
}
