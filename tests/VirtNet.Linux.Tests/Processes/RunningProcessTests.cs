using CliWrap;
using VirtNet.Linux.Processes;

namespace VirtNet.Linux.Tests.Processes;

public sealed class RunningProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("running-process-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The kernel says the same of a file that is gone as of one that is called so.</summary>
    [Theory]
    [InlineData("sleep")]
    [InlineData("sleep (deleted)")]
    public async Task Its_program_is_known_after_an_upgrade_too(string name)
    {
        string program = Path.Combine(_folder, name);
        File.Copy("/bin/sleep", program);
        CommandTask<CommandResult> sleeping = Cli.Wrap(program).WithArguments(["60"]).WithValidation(CommandResultValidation.None)
            .ExecuteAsync(TestContext.Current.CancellationToken);
        RunningProcess process = new(sleeping.ProcessId);
        Assert.Equal(program, process.Program);
        File.Delete(program);
        Assert.Equal(program, process.Program);
        File.Copy("/bin/sleep", program);
        Assert.Equal(program, process.Program);
        Assert.True(process.Signal(RunningProcess.Kill));
        await sleeping;
        Assert.Null(process.Program);
    }
}
