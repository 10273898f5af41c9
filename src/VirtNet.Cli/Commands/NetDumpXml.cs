using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetDumpXml
{
    private static readonly OptionDefinition Inactive =
        OptionDefinition.Flag("inactive", "show the definition instead of the running network");

    public static CommandDefinition Definition { get; } = new("net-dumpxml", "print a network's XML", RunAsync)
    {
        Description = "Print a network as XML, or the parts of it that an XPath expression selects.",
        Options = [NetworkArgument.Any, Inactive, XmlSelection.XPath, XmlSelection.Wrap],
        Examples = ["net-dumpxml default", "net-dumpxml default --inactive", "net-dumpxml default --xpath //ip/@address"],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string xml = await context.Networks.GetXmlAsync(
            network, command.Has(Inactive) ? XmlFlags.Inactive : 0, cancellationToken);
        XmlSelection.Print(context, command, xml);
    }
}
