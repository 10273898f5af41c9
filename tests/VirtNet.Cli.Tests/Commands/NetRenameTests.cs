using VirtNet.Cli.Tests.Fakes;

namespace VirtNet.Cli.Tests.Commands;

public sealed class NetRenameTests
{
    private readonly CommandLine _line = new();

    [Fact]
    public async Task A_network_gets_another_name()
    {
        _line.Daemon.Add("lab", "11111111-2222-3333-4444-555555555555", autostart: true);
        (await _line.RunAsync("net-rename", "lab", "old")).Is("Network lab renamed to old\n\n");
        FakeNetwork renamed = Assert.Single(_line.Daemon.Networks);
        Assert.Equal(("old", true), (renamed.Ref.Name, renamed.Autostart));
    }

    [Fact]
    public async Task One_that_cannot_be_renamed_while_it_runs_is_refused_with_what_helps()
    {
        _line.Daemon.Add("lab", active: true);
        (await _line.RunAsync("net-rename", "lab", "old")).Fails(
            "error: Failed to rename network lab\n"
            + "error: Requested operation is not valid: cannot rename network 'lab' while it is active: guests are plugged into it\n"
            + "hint: net-destroy lab stops it; guests stay and are plugged in again when it is started\n");
    }
}
