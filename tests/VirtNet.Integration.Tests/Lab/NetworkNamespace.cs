using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>A network namespace that lives as long as this object, with everything that was started in it.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<BackgroundProgram> _programs = [];

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    public static async Task<NetworkNamespace> CreateAsync(string name)
    {
        await ExecuteAsync("ip", ["netns", "add", name]);
        NetworkNamespace created = new(name);
        await created.RunAsync("ip", "link", "set", "lo", "up");
        return created;
    }

    /// <summary>Runs a program in the namespace and expects it to succeed.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        CommandResult result = await TryAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {result}");
        return result.Output;
    }

    /// <summary>Runs a line of shell in the namespace and expects it to succeed.</summary>
    public Task<string> ShellAsync(string script) => RunAsync("sh", "-c", script);

    public Task<CommandResult> TryAsync(string program, params string[] arguments) =>
        ExecuteAsync("ip", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>Starts a program that runs until it is stopped, or until the namespace is disposed.</summary>
    public BackgroundProgram Start(string program, params string[] arguments)
    {
        BackgroundProgram started = new("ip", ["netns", "exec", Name, program, .. arguments]);
        _programs.Add(started);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BackgroundProgram program in _programs)
        {
            await program.DisposeAsync();
        }

        await ExecuteAsync("ip", ["netns", "delete", Name]);
    }

    private static async Task<CommandResult> ExecuteAsync(string program, IEnumerable<string> arguments)
    {
        using CancellationTokenSource timeout = new(Patience);
        BufferedCommandResult result = await Cli.Wrap(program)
            .WithArguments(arguments)
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C.UTF-8"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, timeout.Token);
        return new CommandResult(result.StandardOutput, result.StandardError, result.ExitCode);
    }
}
