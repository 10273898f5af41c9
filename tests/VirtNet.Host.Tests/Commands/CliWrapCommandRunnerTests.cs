using System.Globalization;
using VirtNet.Host.Commands;

namespace VirtNet.Host.Tests.Commands;

/// <summary>Real programs; every one ends by itself too.</summary>
public sealed class CliWrapCommandRunnerTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private readonly string _file = Path.GetTempFileName();
    private readonly CliWrapCommandRunner _runner = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact(Timeout = 60_000)]
    public async Task A_program_that_does_not_end_in_time_is_killed_with_all_that_it_started()
    {
        // Neither the shell nor its child hears a request to end, and the child holds the output open.
        HostCommand stubborn = Shell($"trap '' TERM; sleep 50 & echo $! >{_file}; wait") with { WithDescendants = true, TimeLimit = Short };

        HostCommandException failed = await Assert.ThrowsAsync<HostCommandException>(() => _runner.RunAsync(stubborn, Token));

        Assert.Equal(HostCommandException.TimedOut, failed.ExitCode);
        Assert.Equal("did not end within 0.3 s and was killed", failed.Error);
        await AssertEndedAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_program_that_nobody_waits_for_any_longer_is_killed_with_all_that_it_started()
    {
        using CancellationTokenSource giveUp = new(Short);
        HostCommand script = Shell($"sleep 50 & echo $! >{_file}; wait") with { WithDescendants = true };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _runner.RunAsync(script, giveUp.Token));
        await AssertEndedAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Any_program_has_a_limit()
    {
        HostCommandException failed = await Assert.ThrowsAsync<HostCommandException>(
            () => _runner.RunAsync(new HostCommand("sleep", ["50"]) { TimeLimit = Short }, Token));
        Assert.Equal(HostCommandException.TimedOut, failed.ExitCode);
        Assert.Equal(TimeSpan.FromMinutes(1), new HostCommand("sleep", []).TimeLimit);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_group_of_its_own_changes_nothing_for_a_program_that_ends()
    {
        HostCommand talker = new("sh", ["-c", "cat; echo \"$1\"; echo problem >&2; exit $2", "sh", "an argument", "0"], "input ");
        Assert.Equal("input an argument\n", await _runner.RunAsync(talker with { WithDescendants = true }, Token));
        HostCommandException failed = await Assert.ThrowsAsync<HostCommandException>(
            () => _runner.RunAsync(Shell("echo problem >&2; exit 3") with { WithDescendants = true }, Token));
        Assert.Equal((3, "problem\n"), (failed.ExitCode, failed.Error));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(3)]
    public async Task One_that_ended_has_ended_whatever_it_left_behind_with_its_output(int status)
    {
        HostCommand script = Shell($"echo done; echo problem >&2; sleep 50 & echo $! >{_file}; exit {status}") with { WithDescendants = true };
        long start = TimeProvider.System.GetTimestamp();
        if (status == 0)
        {
            Assert.Equal("done\n", await _runner.RunAsync(script, Token));
        }
        else
        {
            HostCommandException failed = await Assert.ThrowsAsync<HostCommandException>(() => _runner.RunAsync(script, Token));
            Assert.Equal((status, "problem\n"), (failed.ExitCode, failed.Error));
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        int child = int.Parse(await File.ReadAllTextAsync(_file, Token), CultureInfo.InvariantCulture);
        Assert.True(IsRunning(child));
        using System.Diagnostics.Process left = System.Diagnostics.Process.GetProcessById(child);
        left.Kill();
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_much_output_the_last_is_kept()
    {
        HostCommand flood = Shell("yes | head -c 30000000; printf end; yes no | head -c 3000000 >&2; exit 1") with { OutputLimit = 1000 };
        HostCommandException failed = await Assert.ThrowsAsync<HostCommandException>(() => _runner.RunAsync(flood, Token));
        Assert.Equal(1000, failed.Error.Length);
        string kept = await _runner.RunAsync(Shell("yes | head -c 30000000; printf end") with { OutputLimit = 1000 }, Token);
        Assert.Equal((1000, true), (kept.Length, kept.EndsWith("y\nend", StringComparison.Ordinal)));
        Assert.Equal(3_000_000, (await _runner.RunAsync(Shell("yes | head -c 3000000"), Token)).Length);
    }

    private static HostCommand Shell(string line) => new("sh", ["-c", line]);

    private async Task AssertEndedAsync()
    {
        int child = int.Parse(await File.ReadAllTextAsync(_file, Token), CultureInfo.InvariantCulture);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        while (IsRunning(child))
        {
            Assert.False(limit.IsCancellationRequested, "the child still runs");
            await Task.Yield();
        }
    }

    /// <summary>A zombie, which only its new parent can remove, does not.</summary>
    private static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
