using VirtNet.Cli.Connections;
using VirtNet.Model;

namespace VirtNet.Cli.Tests.Connections;

/// <summary>Who is not let in may still read, where the daemon has a door for everybody.</summary>
public sealed class SessionTests
{
    private static readonly VirtNetException Refused = VirtNetException.System("Failed to connect socket to '/test'", 13, "Permission denied");

    private readonly CommandLine _line = new();

    public SessionTests()
    {
        _line.Daemon.Add("tnet", "11111111-2222-3333-4444-555555555555");
        _line.Connector.Refuses = target => target.ReadOnly ? null : Refused;
    }

    [Theory]
    [InlineData("net-list", "--all")]
    [InlineData("net-info", "tnet")]
    [InlineData("net-desc", "tnet")]
    [InlineData("net-dumpxml", "tnet")]
    [InlineData("uri")]
    public async Task What_only_reads_goes_to_the_door_for_reading(params string[] arguments)
    {
        CommandLine.Outcome outcome = await _line.RunAsync(arguments);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        ConnectionTarget opened = Assert.Single(_line.Connector.Opened);
        Assert.Equal(("network:///system?socket=/test-ro", true), (opened.Uri, opened.ReadOnly));
    }

    [Theory]
    [InlineData("net-start", "tnet")]
    [InlineData("net-desc", "tnet", "text")]
    [InlineData("net-plan", "tnet")]
    public async Task What_may_change_something_is_refused(params string[] arguments)
    {
        CommandLine.Outcome outcome = await _line.RunAsync(arguments);
        Assert.StartsWith(
            "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/test': Permission denied\nhint: ",
            outcome.Error,
            StringComparison.Ordinal);
        Assert.Equal(1, outcome.Status);
        Assert.Empty(_line.Connector.Opened);
    }

    [Fact]
    public async Task The_door_for_reading_is_not_good_enough_for_the_next_command()
    {
        CommandLine.Outcome outcome = await _line.RunAsync("net-list; net-start tnet");
        Assert.Contains("Permission denied", outcome.Error, StringComparison.Ordinal);
        Assert.False(_line.Daemon.Networks[0].Active);
    }

    [Fact]
    public async Task A_daemon_that_is_not_there_is_not_looked_for_elsewhere()
    {
        _line.Connector.Refuses = _ => VirtNetException.System("Failed to connect socket to '/test'", 2, "No such file or directory");
        Assert.Contains("No such file", (await _line.RunAsync("net-list")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("network:///system?socket=/a%20b", "network:///system?socket=/a%20b-ro")]
    [InlineData("qemu:///system", "qemu:///system")]
    public void The_door_for_reading_is_beside_the_other(string uri, string expected) =>
        Assert.Equal(expected, new ConnectionTarget(uri).ForReading()!.Uri);
}
