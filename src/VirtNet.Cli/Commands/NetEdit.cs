using VirtNet.Cli.Editing;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetEdit
{
    private const uint InactiveFlag = 1;

    public static CommandDefinition Definition { get; } = new("net-edit", "edit a network's definition", RunAsync)
    {
        Description = "Open the definition of a network in $VISUAL or $EDITOR and define the network anew when it changed.",
        Options = [NetworkArgument.Any],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string original = await context.Networks.GetXmlAsync(network, InactiveFlag, cancellationToken);
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

            try
            {
                Complete(context, await DefineAsync(context, network, original, edited, cancellationToken), changed: true);
                DocumentHints.WriteForAccepted(context.Hints, file.Path, edited);
                return;
            }
            catch (VirtNetException e)
            {
                // What was typed is work: the user gets another try, or keeps the file.
                if (!AskAgain(context, e))
                {
                    file.Keep();
                    throw new CommandFailure("Failed.", e) { Hints = [$"your text is in {file.Path}"] };
                }
            }
        }
    }

    private static async Task<NetworkRef> DefineAsync(
        CommandContext context, NetworkRef network, string original, string edited, CancellationToken cancellationToken)
    {
        if (await context.Networks.GetXmlAsync(network, InactiveFlag, cancellationToken) != original)
        {
            throw new CommandFailure("ERROR: the XML configuration was changed by another user")
            {
                Hints = [],
            };
        }

        return await context.Networks.DefineAsync(edited, flags: 0, cancellationToken);
    }

    private static bool AskAgain(CommandContext context, VirtNetException failure)
    {
        if (context.Json || context.Environment.Answer is not { } answer)
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
