using VirtNet.Cli.Output;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetPortList
{
    private static readonly OptionDefinition Uuid = OptionDefinition.Flag("uuid", "print UUIDs only");
    private static readonly OptionDefinition Table = OptionDefinition.Flag("table", "print a table (default)");

    public static CommandDefinition Definition { get; } = new("net-port-list", "list the ports of a network", RunAsync)
    {
        Description = "List the ports of an active network.",
        Options = [NetworkArgument.Active, Uuid, Table, TableOptions.Columns, TableOptions.NoHeader],
        Examples = ["net-port-list default", "net-port-list default --uuid"],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        if (command.Has(Table) && command.Has(Uuid))
        {
            throw new CommandFailure("Only one argument from --table and --uuid may be specified.");
        }

        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Active, cancellationToken);
        IReadOnlyList<NetworkPortRef> ports =
            await context.Networks.ListPortsAsync(network, flags: 0, cancellationToken);

        // The order of the bytes is that of the text.
        Guid[] uuids = [.. ports.Select(port => port.Uuid).OrderBy(uuid => uuid.ToString(), StringComparer.Ordinal)];
        if (command.Has(Uuid) && !context.WritesDocuments)
        {
            context.Terminal.Print(string.Concat(uuids.Select(uuid => $"{uuid}\n")));
            return;
        }

        TextTable table = new("UUID");
        foreach (Guid uuid in uuids)
        {
            table.Add(uuid.ToString());
        }

        context.WriteList(table, command, new JsonPortList(network.ToJson(), uuids), CliJson.Default.JsonPortList);
    }
}
