namespace VirtNet.Cli.Tests.Commands;

public sealed class NetListTests
{
    private const string Uuid1 = "11111111-2222-3333-4444-555555555555";
    private const string Uuid3 = "33333333-2222-3333-4444-555555555555";

    private readonly CommandLine _line = new();

    public NetListTests()
    {
        _line.Daemon.Add("tnet", Uuid1, active: true);
        _line.Daemon.Add("iso", Uuid3, autostart: true);
    }

    [Fact]
    public async Task Active_networks_are_listed() => (await _line.RunAsync("net-list")).Is(
        """
         Name   State    Autostart   Persistent
        -----------------------------------------
         tnet   active   no          yes


        """);

    [Fact]
    public async Task All_networks_are_listed_by_name_whatever_its_case()
    {
        _line.Daemon.Add("Beta", active: true).Persistent = false;
        (await _line.RunAsync("net-list", "--all")).Is(
            """
             Name   State      Autostart   Persistent
            -------------------------------------------
             Beta   active     no          no
             iso    inactive   yes         yes
             tnet   active     no          yes


            """);
    }

    [Theory]
    [InlineData("iso", "--inactive")]
    [InlineData("iso", "--all", "--autostart")]
    [InlineData("tnet", "--all", "--no-autostart")]
    [InlineData("iso tnet", "--all", "--persistent")]
    [InlineData("", "--all", "--transient")]
    [InlineData("tnet", "--persistent")]
    public async Task Filters_are_added_to_the_state(string expected, params string[] options)
    {
        CommandLine.Outcome outcome = await _line.RunAsync(["-q", "net-list", "--name", .. options]);
        Assert.Equal(expected, outcome.Output.Trim().Replace('\n', ' '));
    }

    [Fact]
    public async Task Uuids_are_listed_in_the_order_of_names() =>
        (await _line.RunAsync("net-list", "--all", "--uuid")).Is($"{Uuid3}\n{Uuid1}\n\n");

    [Fact]
    public async Task Quiet_leaves_rows_only() =>
        (await _line.RunAsync("-q", "net-list", "--all")).Is(" iso    inactive   yes   yes\n tnet   active     no    yes\n");

    [Fact]
    public async Task Titles_are_a_column_of_their_own()
    {
        _line.Daemon.Networks[1].Metadata["1 "] = "iso title";
        (await _line.RunAsync("net-list", "--all", "--title")).Is(
            " Name   State      Autostart   Persistent   Title\n"
            + "-------------------------------------------------------\n"
            + " iso    inactive   yes         yes          iso title\n"
            + " tnet   active     no          yes          \n\n");
    }

    [Fact]
    public async Task Only_one_form_may_be_asked_for() => (await _line.RunAsync("net-list", "--name", "--uuid"))
        .Fails("error: Only one argument from --table, --name and --uuid may be specified.\n");

    [Fact]
    public async Task Json_holds_everything_and_keeps_its_names()
    {
        _line.Daemon.Networks[0].Bridge = "virbr7";
        const string Expected =
            """{"version":1,"command":"net-list","result":{"networks":[{"name":"tnet","uuid":"11111111-2222-3333-4444-555555555555","active":true,"persistent":true,"autostart":false,"bridge":"virbr7","title":null,"mode":"isolated","subnet":null,"gateway":null,"dhcpRange":null,"subnets":[],"gateways":[],"dhcpRanges":[],"domain":null,"mtu":null,"guests":0,"leases":{"used":0,"of":0},"cutOffBy":[],"warnings":[]}]}}""";
        (await _line.RunAsync("net-list", "-o", "json")).Is(Expected + "\n");
        (await _line.RunAsync("-o", "json", "net-list")).Is(Expected + "\n");
        (await _line.RunAsync("--output=json", "net-list")).Is(Expected + "\n");
    }
}
