namespace VirtNet.Cli.Commands;

/// <summary>exit and quit.</summary>
internal static class Exit
{
    public static CommandDefinition Definition { get; } = Define("exit");

    public static CommandDefinition QuitDefinition { get; } = Define("quit");

    private static CommandDefinition Define(string name) => new(name, "leave the interactive shell", RunAsync)
    {
        Examples = [name],
        NeedsConnection = false,
    };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        context.ExitRequested = true;
        return Task.CompletedTask;
    }
}
