using VirtNet.Model.Conditions;

namespace VirtNet.Cli.Tests.Commands;

/// <summary>What the daemon knows to be wrong is told where somebody reads along, and never changes what virsh prints.</summary>
public sealed class ConditionTests
{
    private static readonly Guid Uuid = Guid.Parse("11111111-2222-3333-4444-555555555555");

    private readonly CommandLine _line = new();

    public ConditionTests()
    {
        _line.Daemon.Add("tnet", Uuid.ToString());
        _line.Connector.Conditions.Set(Uuid, "firewall", [new Condition(ConditionKind.CutOff, "ufw (policy drop of ip filter FORWARD)")]);
        _line.Connector.Conditions.Set(Uuid, "leases", [new Condition(ConditionKind.Warning, "leases are not on disk")]);
        _line.Connector.Conditions.Set(null, "files", [new Condition(ConditionKind.Warning, "lab.xml cannot be read")]);
    }

    [Fact]
    public async Task A_start_says_what_cuts_guests_off()
    {
        _line.Interactive = true;
        (await _line.RunAsync("net-start", "tnet")).Is(
            "Network tnet started\n\n",
            "hint: guests are cut off by ufw (policy drop of ip filter FORWARD)\nhint: leases are not on disk\n");
    }

    [Fact]
    public async Task A_stop_says_who_has_lost_the_connection()
    {
        _line.Interactive = true;
        _line.Connector.Conditions.Set(Uuid, "firewall", []);
        _line.Connector.Conditions.Set(Uuid, "leases", []);
        _line.Connector.Conditions.Set(Uuid, "guests", [new Condition(ConditionKind.Warning, "vnet0 lost the connection")]);
        await _line.RunAsync("net-start", "tnet");
        (await _line.RunAsync("net-destroy", "tnet")).Is("Network tnet destroyed\n\n", "hint: vnet0 lost the connection\n");
    }

    [Fact]
    public async Task On_a_pipe_nothing_is_added() =>
        (await _line.RunAsync("net-start", "tnet")).Is("Network tnet started\n\n");

    [Fact]
    public async Task Json_has_the_hints_beside_the_result() =>
        (await _line.RunAsync("net-start", "tnet", "-o", "json")).Is(
            """
            {"version":1,"command":"net-start","result":{"name":"tnet","uuid":"11111111-2222-3333-4444-555555555555"},"hints":["guests are cut off by ufw (policy drop of ip filter FORWARD)","leases are not on disk"]}

            """);

    [Fact]
    public async Task A_networks_information_names_them()
    {
        _line.Interactive = true;
        string shown = (await _line.RunAsync("net-info", "tnet")).Output;
        Assert.Contains("Cut off by:     ufw (policy drop of ip filter FORWARD)\n", shown, StringComparison.Ordinal);
        Assert.Contains("Warning:        leases are not on disk\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_says_what_is_wrong_with_the_daemon()
    {
        _line.Interactive = true;
        Assert.Equal("hint: lab.xml cannot be read\n", (await _line.RunAsync("net-list", "--all")).Error);
    }

    [Fact]
    public async Task A_daemon_without_conditions_is_not_asked_in_vain()
    {
        _line.Interactive = true;
        _line.Connector.KnowsConditions = false;
        (await _line.RunAsync("net-start", "tnet")).Is("Network tnet started\n\n");
    }
}
