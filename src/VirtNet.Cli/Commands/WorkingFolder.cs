using VirtNet.Cli.Output;

namespace VirtNet.Cli.Commands;

/// <summary>cd and pwd.</summary>
internal static class WorkingFolder
{
    private static readonly OptionDefinition Folder =
        OptionDefinition.Text("dir", "where to go (default: the home folder)", Candidates.Files);

    public static CommandDefinition ChangeDefinition { get; } = new("cd", "change the current folder", ChangeAsync)
    {
        Description = "Change the folder that file names are relative to. Only of use in the interactive shell.",
        Options = [Folder],
        NeedsConnection = false,
        Examples = ["cd /etc/virtnet"],
    };

    public static CommandDefinition PrintDefinition { get; } = new("pwd", "print the current folder", PrintAsync)
    {
        NeedsConnection = false,
        Examples = ["pwd"],
    };

    private static Task ChangeAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        if (!context.InShell)
        {
            throw new CommandFailure("cd: command valid only in interactive mode");
        }

        string folder = command.Text(Folder) ?? context.Environment.Variable("HOME") ?? "/";
        try
        {
            Directory.SetCurrentDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"cd: {folder}: {e.Message}");
        }

        return Task.CompletedTask;
    }

    private static Task PrintAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string folder;
        try
        {
            folder = Directory.GetCurrentDirectory();
        }
        catch (FileNotFoundException)
        {
            throw new CommandFailure("pwd: the current folder was removed");
        }

        if (context.WritesDocuments)
        {
            context.WriteDocument(new JsonText(folder), CliJson.Default.JsonText);
        }
        else
        {
            context.Terminal.PrintLine(folder);
        }

        return Task.CompletedTask;
    }
}
