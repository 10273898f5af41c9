using VirtNet.Cli.Output;

namespace VirtNet.Cli.Commands;

/// <summary>How much the daemon logs.</summary>
internal static class DaemonLog
{
    private static readonly OptionDefinition Level = OptionDefinition.Text("level", "debug, info, warning or error");

    public static CommandDefinition Definition { get; } = new("daemon-log", "show or change how much the daemon logs", RunAsync)
    {
        Description = "Show from which level on the daemon logs, or change it until the daemon ends. Events keep their numbers: "
            + "journalctl -u virtnetd VIRTNET_EVENT=NUMBER.",
        Options = [Level],
        Examples = ["daemon-log", "daemon-log debug"],
        OnlyReads = _ => false,
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string level = await context.Session.Connection.Extensions.SetLogLevelAsync(command.Text(Level), cancellationToken)
            .OrFail("Failed to change how much the daemon logs");
        if (context.WritesDocuments)
        {
            context.WriteDocument(new JsonLogLevel(level), CliJson.Default.JsonLogLevel);
        }
        else
        {
            context.Terminal.PrintLine(level);
        }
    }
}
