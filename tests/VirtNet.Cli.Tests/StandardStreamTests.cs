using CliWrap;
using CliWrap.Buffered;

namespace VirtNet.Cli.Tests;

/// <summary>The program as a process whose streams, folder and limits are not as a program expects them.</summary>
public sealed class StandardStreamTests
{
    [Theory]
    [InlineData("virtnet help >&-", "error: cannot write to standard output: Bad file descriptor\n")]
    [InlineData("virtnet help >/dev/full", "error: cannot write to standard output: No space left on device\n")]
    [InlineData("virtnet -o json help >/dev/full", "error: cannot write to standard output: No space left on device\n")]
    [InlineData("virtnet -o json net-list --bogus >/dev/full", "error: command 'net-list' doesn't support option --bogus\nhint: 'virtnet net-list --help' lists its options\n")]
    [InlineData("virtnet </", "error: cannot read from standard input: Is a directory\n")]
    [InlineData("virtnet help >/dev/full 2>&-", "")]
    [InlineData("cd $(mktemp -d) && rmdir $PWD && virtnet --socket here net-list", "error: --socket here: the current folder was removed\n")]
    [InlineData("cd $(mktemp -d) && rmdir $PWD && virtnet pwd", "error: pwd: the current folder was removed\n")]
    [InlineData("cd $(mktemp -d) && rmdir $PWD && PATH=$HERE virtnet domiflist web", "error: cannot run virsh: No such file or directory\nhint: a guest that is not a file is changed through virsh; it comes with libvirt's client package\n")]
    [InlineData("virtnet --socket '' net-list", "error: option '--socket' requires an argument\n")]
    [InlineData("virtnet net-validate /dev/zero", "error: Failed to read file '/dev/zero': Value too large for defined data type\n")]
    public async Task One_line_says_what_is_wrong(string command, string error)
    {
        BufferedCommandResult result = await RunAsync(command);
        Assert.Equal(error, result.StandardError);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("virtnet help net-list 2>&-")]
    [InlineData("virtnet help net-list | cat")]
    public async Task What_is_not_needed_may_be_missing(string command)
    {
        BufferedCommandResult result = await RunAsync(command);
        Assert.StartsWith("  NAME\n    net-list - ", result.StandardOutput, StringComparison.Ordinal);
        Assert.Equal((0, ""), (result.ExitCode, result.StandardError));
    }

    [Theory]
    [InlineData("{ sleep 0.3; virtnet help; echo $? >&2; } | true")]
    [InlineData("{ sleep 0.3; virtnet manual; echo $? >&2; } | true")]
    [InlineData("{ sleep 0.3; virtnet -o json help; echo $? >&2; } | true")]
    public async Task A_reader_that_has_enough_ends_the_program_quietly(string command)
    {
        BufferedCommandResult result = await RunAsync(command);
        Assert.Equal("141\n", result.StandardError);
    }

    private static async Task<BufferedCommandResult> RunAsync(string command) => await CliWrap.Cli.Wrap("bash")
        .WithArguments(["-c", command])
        .WithEnvironmentVariables(variables => variables
            .Set("PATH", $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}")
            .Set("HERE", AppContext.BaseDirectory)
            .Set("LC_ALL", "C.UTF-8"))
        .WithValidation(CommandResultValidation.None)
        .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
}
