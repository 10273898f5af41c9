namespace VirtNet.Cli.Tests.Commands;

public sealed class FabricTests
{
    private readonly CommandLine _virtnet = new();

    [Fact]
    public async Task Every_word_reaches_the_fabrics_program_as_it_is()
    {
        _virtnet.FabricStatus = 0;

        (await _virtnet.RunAsync("fabric", "leave", "--force", "h3", "-h")).Is("\n");

        Assert.Equal(["leave", "--force", "h3", "-h"], _virtnet.FabricArguments);
    }

    [Fact]
    public async Task The_format_is_handed_over()
    {
        _virtnet.FabricStatus = 0;

        (await _virtnet.RunAsync("-o", "json", "fabric", "list")).Is("");

        Assert.Equal(["--output", "json", "list"], _virtnet.FabricArguments);
    }

    [Fact]
    public async Task Without_a_verb_all_are_listed()
    {
        CommandLine.Outcome outcome = await _virtnet.RunAsync("fabric");

        Assert.Equal(0, outcome.Status);
        Assert.Contains(" init         begin a fabric with this host\n", outcome.Output, StringComparison.Ordinal);
        Assert.Null(_virtnet.FabricArguments);
    }

    [Fact]
    public async Task A_misspelt_verb_is_not_handed_over()
    {
        (await _virtnet.RunAsync("fabric", "lst")).Fails("error: unknown verb 'lst' of fabric\nhint: did you mean 'list'?\n");

        Assert.Null(_virtnet.FabricArguments);
    }

    [Fact]
    public async Task Its_failure_is_ours_and_said_once()
    {
        _virtnet.FabricStatus = 2;

        (await _virtnet.RunAsync("fabric", "list")).Fails("");
    }

    [Fact]
    public async Task Where_it_is_not_installed_the_package_is_named()
    {
        CommandLine.Outcome outcome = await _virtnet.RunAsync("fabric", "list");

        Assert.Equal(1, outcome.Status);
        Assert.Equal("error: virtnet-fabricd is not installed on this host\nhint: the package virtnet-fabric has it: `apt install virtnet-fabric`\n", outcome.Error);
    }
}
