using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>net-define and net-create: a network from a file.</summary>
internal static class NetDefine
{
    private const uint ValidateFlag = 1;

    private static readonly OptionDefinition FileOption =
        OptionDefinition.Argument("file", "file with the network's XML", Candidates.Files);

    private static readonly OptionDefinition Validate =
        OptionDefinition.Flag("validate", "check the XML against the schema first");

    private static readonly OptionDefinition Live =
        OptionDefinition.Flag("live", "change the active network, too, without stopping it");

    private static readonly OptionDefinition Partial =
        OptionDefinition.Flag("partial", "with --live, leave what needs a restart for the next start");

    private static readonly OptionDefinition DryRun =
        OptionDefinition.Flag("dry-run", "with --live, only show what would be changed");

    public static CommandDefinition Definition { get; } =
        new("net-define", "define a persistent network from an XML file, or change one", DefineAsync)
        {
            Description = "Define a persistent network without starting it, or replace the definition of one. An active "
                + "network goes on as it is until it is started anew, unless --live is given: then everything that can "
                + "change without unplugging a guest changes at once, or nothing does. For each item that differs it is said "
                + "whether it is applied, needs lease renewal (in force, but guests that hold a lease learn of it when they "
                + "renew) or needs restart (of the network). With an item of the last kind nothing is changed, unless "
                + "--partial is given. UUID, bridge name and MAC address stay where the file leaves them open. A transient "
                + "network becomes a persistent one, as without --live.",
            Options = [FileOption, Validate, Live, Partial, DryRun],
        };

    public static CommandDefinition CreateDefinition { get; } =
        new("net-create", "create and start a transient network from an XML file", CreateAsync)
        {
            Description = "Start a network that exists until it is stopped.",
            Options = [FileOption, Validate],
        };

    private static Task DefineAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        command.RefuseAlone(Partial, Live);
        command.RefuseAlone(DryRun, Live);
        return command.Has(Live)
            ? LiveRedefinition.RunAsync(context, command.Required(FileOption), Flags(command), cancellationToken)
            : RunAsync(context, command, "define", "defined", context.Networks.DefineAsync, cancellationToken);
    }

    private static RedefineFlags Flags(ParsedCommand command) =>
        (command.Has(Validate) ? RedefineFlags.Validate : 0)
        | (command.Has(Partial) ? RedefineFlags.Partial : 0)
        | (command.Has(DryRun) ? RedefineFlags.DryRun : 0);

    private static Task CreateAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken) =>
        RunAsync(context, command, "create", "created", context.Networks.CreateAsync, cancellationToken);

    private static async Task RunAsync(
        CommandContext context,
        ParsedCommand command,
        string verb,
        string participle,
        Func<string, uint, CancellationToken, Task<NetworkRef>> call,
        CancellationToken cancellationToken)
    {
        string file = command.Required(FileOption);
        string xml = XmlFile.Read(context, file);
        NetworkRef network;
        try
        {
            network = await call(xml, command.Has(Validate) ? ValidateFlag : 0, cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure($"Failed to {verb} network from {file}", e)
            {
                Hints = DocumentHints.ForRefused(context, file, xml, e),
            };
        }

        context.Complete(
            $"Network {network.Name} {participle} from {file}\n",
            network.ToJson(),
            CliJson.Default.JsonNetworkName,
            await NetworkConditions.ReadHintsAsync(context, network, cancellationToken));
        DocumentHints.WriteForAccepted(context, file, xml);
    }
}
