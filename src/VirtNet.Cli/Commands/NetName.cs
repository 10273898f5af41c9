using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>net-name and net-uuid: one from the other.</summary>
internal static class NetName
{
    private static readonly OptionDefinition Uuid =
        OptionDefinition.Argument("network", "network uuid", Candidates.NetworkUuids);

    private static readonly OptionDefinition Name =
        OptionDefinition.Argument("network", "network name", Candidates.Networks);

    public static CommandDefinition Definition { get; } = new("net-name", "print the name of a network's UUID", NameAsync)
    {
        Options = [Uuid],
        Examples = ["net-name 5d744f21-ba4a-4d6e-bdb2-30a35ff3207d"],
        OnlyReads = _ => true,
    };

    public static CommandDefinition UuidDefinition { get; } =
        new("net-uuid", "print the UUID of a network's name", UuidAsync)
        {
            Options = [Name],
            Examples = ["net-uuid default"],
            OnlyReads = _ => true,
        };

    private static async Task NameAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network =
            await NetworkArgument.FindByUuidAsync(context, command.Required(Uuid), cancellationToken);
        Print(context, network, network.Name);
    }

    private static async Task UuidAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network =
            await NetworkArgument.FindByNameAsync(context, command.Required(Name), cancellationToken);
        Print(context, network, network.Uuid.ToString());
    }

    private static void Print(CommandContext context, NetworkRef network, string text)
    {
        if (context.WritesDocuments)
        {
            context.WriteDocument(network.ToJson(), CliJson.Default.JsonNetworkName);
        }
        else
        {
            context.Terminal.PrintLine(text);
        }
    }
}
