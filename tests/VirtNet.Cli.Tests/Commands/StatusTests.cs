using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed class StatusTests
{
    private readonly CommandLine _line = new();

    public StatusTests() => _line.Connector.Status = new DaemonStatus
    {
        Version = "0.1.0",
        Since = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000),
        Firewall = "nftables",
        OtherFirewalls = ["ufw", "Docker"],
        Networks = 3,
        ActiveNetworks = 2,
        Clients = 1,
        AreLeasesStored = true,
        Repairs = [new Counter("address", 2), new Counter("firewall", 1)],
        Warnings = [],
        Troubles = [new NetworkTrouble(new NetworkRef("lab", Guid.Empty), IsActive: false, "its bridge is somebody else's")],
        TroubledNetworks = 4,
    };

    [Fact]
    public async Task It_says_what_runs_and_what_does_not()
    {
        CommandLine.Outcome outcome = await _line.RunAsync("status");

        Assert.Equal(0, outcome.Status);
        string[] lines = outcome.Output.Split('\n');
        Assert.StartsWith("virtnetd:        0.1.0, since 2027-01-1", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            [
                "Firewall:        nftables",
                "Other firewalls: ufw, Docker",
                "Networks:        2 of 3 active",
                "Clients:         1",
                "Leases:          stored",
                "Repairs:         3 in the last hour (address 2, firewall 1)",
                "Down:            lab: its bridge is somebody else's",
                "And:             3 more networks",
            ],
            lines[2..10]);
    }

    [Fact]
    public async Task The_same_is_in_documents() => Assert.Contains(
        """
        "virtnetd":"0.1.0","since":"2027-01-15T08:00:00+00:00","firewall":"nftables","otherFirewalls":["ufw","Docker"],"networks":3,"active":2,"clients":1,"leasesStored":true,"repairs":{"address":2,"firewall":1},"warnings":[],"troubled":4,"troubles":[{"network":{"name":"lab","uuid":"00000000-0000-0000-0000-000000000000"},"active":false,"text":"its bridge is somebody else's"}]}
        """,
        (await _line.RunAsync("status", "-o", "json")).Output,
        StringComparison.Ordinal);

    [Fact]
    public async Task Another_program_than_virtnetd_cannot_be_asked()
    {
        _line.Connector.Status = null;
        CommandLine.Outcome outcome = await _line.RunAsync("status");
        Assert.Equal(1, outcome.Status);
        Assert.Contains("Failed to get the daemon's status", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_daemons_version_is_told_to_people_and_in_documents_and_virsh_scripts_see_what_they_know()
    {
        Assert.DoesNotContain("virtnetd", (await _line.RunAsync("version", "--daemon")).Output, StringComparison.Ordinal);
        Assert.Contains("\"virtnetd\":\"0.1.0\"", (await _line.RunAsync("version", "--daemon", "-o", "json")).Output, StringComparison.Ordinal);
        _line.Look = new Look(100, Colour: false);
        Assert.Contains("Which is virtnetd: 0.1.0", (await _line.RunAsync("version", "--daemon")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_much_the_daemon_logs_is_shown_and_changed()
    {
        (await _line.RunAsync("daemon-log")).Is("info\n\n");
        (await _line.RunAsync("daemon-log", "debug")).Is("debug\n\n");
        Assert.Equal("debug", _line.Connector.LogLevel);
    }
}
