using VirtNet.Cli.Editing;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetEdit
{
    public static CommandDefinition Definition { get; } = new("net-edit", "edit a network's definition", RunAsync)
    {
        Description = "Open the definition of a network in $VISUAL or $EDITOR and define the network anew when it changed.",
        Options = [NetworkArgument.Any],
        Examples = ["net-edit default"],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string original = await context.Networks.GetXmlAsync(network, XmlFlags.Inactive, cancellationToken);
        using TemporaryText file = TemporaryText.Create(original, context.Environment.Variable("TMPDIR"));
        while (true)
        {
            await context.Environment.Editor.EditAsync(file.Path, cancellationToken);
            string edited = file.Read();
            if (edited == original)
            {
                Complete(context, network, changed: false);
                return;
            }

            if (await context.Networks.GetXmlAsync(network, XmlFlags.Inactive, cancellationToken) != original)
            {
                throw Keep(file, "ERROR: the XML configuration was changed by another user");
            }

            try
            {
                network = await context.Networks.DefineAsync(edited, flags: 0, cancellationToken);
                Complete(context, network, changed: true);
                DocumentHints.WriteForAccepted(context, file.Path, edited);
                return;
            }
            catch (VirtNetException e) when (AskAgain(context, e))
            {
                // The user corrects the same text.
            }
            catch (VirtNetException e)
            {
                throw Keep(file, "Failed.", e);
            }
        }
    }

    /// <summary>What was typed is work: it is not thrown away because it was refused.</summary>
    private static CommandFailure Keep(TemporaryText file, string message, VirtNetException? cause = null)
    {
        file.Keep();
        return new CommandFailure(message, cause) { Hints = [$"your text is in {file.Path}"] };
    }

    private static bool AskAgain(CommandContext context, VirtNetException failure)
    {
        if (context.WritesDocuments || context.Environment.Answer is not { } answer)
        {
            return false;
        }

        context.Terminal.Error(failure.Message);
        context.Terminal.Print("Failed. Edit again? [y/n]: ");
        context.Terminal.Flush();
        return answer()?.Trim() is "" or "y" or "Y" or "yes";
    }

    private static void Complete(CommandContext context, NetworkRef network, bool changed) => context.Complete(
        $"Network {network.Name} XML configuration {(changed ? "edited" : "not changed")}.\n",
        new JsonEdit(network.ToJson(), changed),
        CliJson.Default.JsonEdit);
}
