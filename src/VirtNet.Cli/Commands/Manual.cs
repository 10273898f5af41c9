using VirtNet.Cli.Documentation;

namespace VirtNet.Cli.Commands;

/// <summary>Prints the manual page, for whoever packages the program.</summary>
internal static class Manual
{
    public static CommandDefinition Definition { get; } = new("manual", "print the manual page", RunAsync)
    {
        NeedsConnection = false,
        Hidden = true,
    };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        context.Terminal.Quiet = true;
        context.Terminal.Print(ManualPage.Render(context.Table));
        return Task.CompletedTask;
    }
}
