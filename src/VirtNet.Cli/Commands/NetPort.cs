using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>net-port-create, net-port-dumpxml and net-port-delete.</summary>
internal static class NetPort
{
    private const uint ValidateFlag = 2;

    private static readonly OptionDefinition FileOption =
        OptionDefinition.Argument("file", "file with the port's XML", Candidates.Files);

    private static readonly OptionDefinition Validate =
        OptionDefinition.Flag("validate", "check the XML against the schema first");

    public static CommandDefinition CreateDefinition { get; } =
        new("net-port-create", "create a port from an XML file", CreateAsync)
        {
            Description = "Create a port on an active network.",
            Options = [NetworkArgument.Active, FileOption, Validate],
            Examples = ["net-port-create default port.xml"],
        };

    public static CommandDefinition DumpXmlDefinition { get; } =
        new("net-port-dumpxml", "print a port's XML", DumpXmlAsync)
        {
            Description = "Print a port as XML, or the parts of it that an XPath expression selects.",
            Options = [NetworkArgument.Active, PortArgument.Option, XmlSelection.XPath, XmlSelection.Wrap],
            Examples = ["net-port-dumpxml default 5d744f21-ba4a-4d6e-bdb2-30a35ff3207d"],
            OnlyReads = _ => true,
        };

    public static CommandDefinition DeleteDefinition { get; } = new("net-port-delete", "delete a port", DeleteAsync)
    {
        Description = "Delete a port of a network.",
        Options = [NetworkArgument.Active, PortArgument.Option],
        Examples = ["net-port-delete default 5d744f21-ba4a-4d6e-bdb2-30a35ff3207d"],
    };

    private static async Task CreateAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Active, cancellationToken);
        string file = command.Required(FileOption);
        string xml = XmlFile.Read(context, file);
        NetworkPortRef port = await context.Networks
            .CreatePortAsync(network, xml, command.Has(Validate) ? ValidateFlag : 0, cancellationToken)
            .OrFail($"Failed to create network from {file}");
        context.Complete($"Network port {port.Uuid} created from {file}\n", ToJson(port), CliJson.Default.JsonPort);
    }

    private static async Task DumpXmlAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkPortRef port = await PortArgument.FindAsync(context, command, cancellationToken);
        XmlSelection.Print(context, command, await context.Networks.GetPortXmlAsync(port, flags: 0, cancellationToken));
    }

    private static async Task DeleteAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkPortRef port = await PortArgument.FindAsync(context, command, cancellationToken);
        try
        {
            await context.Networks.DeletePortAsync(port, flags: 0, cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure($"Failed to delete network port {port.Uuid}", e) { VirshCallsItSuccess = true };
        }

        context.Complete($"Network port {port.Uuid} deleted\n", ToJson(port), CliJson.Default.JsonPort);
    }

    private static JsonPort ToJson(NetworkPortRef port) => new(port.Network.ToJson(), port.Uuid);
}
