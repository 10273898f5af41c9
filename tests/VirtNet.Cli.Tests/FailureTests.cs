namespace VirtNet.Cli.Tests;

/// <summary>Files and streams that fail: one line says so, and where in the program that was is nobody's business.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task An_editor_that_takes_the_file_away_changes_nothing()
    {
        CommandLine line = new();
        line.Daemon.Add("tnet", "11111111-2222-3333-4444-555555555555");
        line.Editor.TakesFileAway = true;
        CommandLine.Outcome outcome = await line.RunAsync("net-edit", "tnet");
        Assert.StartsWith("error: cannot read what the editor left, nothing was changed: ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Status);
    }

    [Fact]
    public async Task A_folder_for_temporary_files_that_is_not_there_is_named()
    {
        CommandLine line = new() { Variables = { ["TMPDIR"] = "/nonexistent" } };
        line.Daemon.Add("tnet", "11111111-2222-3333-4444-555555555555");
        CommandLine.Outcome outcome = await line.RunAsync("net-edit", "tnet");
        Assert.StartsWith("error: cannot make a temporary file in '/nonexistent': ", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith("hint: TMPDIR names the folder for it\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_standard_output_is_an_error()
    {
        await using FullOutput full = new();
        CommandLine line = new() { StandardOutput = full };
        (await line.RunAsync("help")).Is("", "error: No space left on device\n", status: 1);
    }

    [Fact]
    public async Task A_full_standard_output_is_no_second_error()
    {
        await using FullOutput full = new();
        CommandLine line = new() { StandardOutput = full };
        (await line.RunAsync("-o", "json", "net-info", "nosuch")).Is(
            "",
            "error: failed to get network 'nosuch'\nerror: Network not found: no network with matching name 'nosuch'\n",
            status: 1);
    }

    [Fact]
    public async Task A_failure_of_another_kind_is_a_document_too()
    {
        CommandLine line = new() { BridgePortsFailure = new InvalidOperationException("no\nway") };
        line.Daemon.Add("tnet", active: true).Bridge = "virbr7";
        CommandLine.Outcome outcome = await line.RunAsync("net-attached", "tnet", "--no-guests", "-o", "json");
        Assert.Equal("error: internal error: InvalidOperationException: no way\n", outcome.Error);
        Assert.Contains("\"error\":{\"message\":\"internal error: InvalidOperationException: no way\"", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Status);
    }

    private sealed class FullOutput : StringWriter
    {
        public override void Flush() => throw new IOException("No space left on device");
    }
}
