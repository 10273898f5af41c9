using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>net-define and net-create: a network from a file.</summary>
internal static class NetDefine
{
    private const uint ValidateFlag = 1;

    private static readonly OptionDefinition Files =
        OptionDefinition.Several("file", "files with the XML of a network each; - is standard input", Candidates.Files);

    private static readonly OptionDefinition Validate =
        OptionDefinition.Flag("validate", "check the XML against the schema first");

    private static readonly OptionDefinition Live =
        OptionDefinition.Flag("live", "change the active network, too, without stopping it");

    private static readonly OptionDefinition Partial =
        OptionDefinition.Flag("partial", "with --live, leave what needs a restart for the next start");

    private static readonly OptionDefinition DryRun =
        OptionDefinition.Flag("dry-run", "with --live, only show what would be changed");

    private static readonly OptionDefinition Update =
        OptionDefinition.Flag("update", "without a UUID in the file, change the network that has its name");

    public static CommandDefinition Definition { get; } =
        new("net-define", "define or change networks from XML files", DefineAsync)
        {
            Description = "Define persistent networks without starting them, or replace the definitions of some. An active "
                + "network goes on as it is until it is started anew, unless --live is given: then everything that can "
                + "change without unplugging a guest changes at once, or nothing does. For each item that differs it is said "
                + "whether it is applied, needs lease renewal (in force, but guests that hold a lease learn of it when they "
                + "renew) or needs restart (of the network). With an item of the last kind nothing is changed, unless "
                + "--partial is given. UUID, bridge name and MAC address stay where the file leaves them open. A transient "
                + "network becomes a persistent one, as without --live. A file without a UUID is a new network's, and its name must "
                + "be free; with --update the network of its name keeps UUID, bridge name and MAC address, unless the file names "
                + "another bridge: then it is about another network.",
            Options = [Files, Validate, Live, Partial, DryRun, Update],
            Examples =
            [
                "net-define networks/default.xml", "net-define lab1.xml lab2.xml", "net-define --update default.xml",
                "net-define --live --dry-run default.xml", "net-define - <default.xml",
            ],
        };

    public static CommandDefinition CreateDefinition { get; } =
        new("net-create", "start transient networks from XML files", CreateAsync)
        {
            Description = "Start networks that exist until they are stopped.",
            Options = [Files, Validate],
            Examples = ["net-create trial.xml", "net-create - <trial.xml"],
        };

    private static Task DefineAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        command.RefuseAlone(Partial, Live);
        command.RefuseAlone(DryRun, Live);
        return context.ForEachAsync(command, Files, file => command.Has(Live)
            ? LiveRedefinition.RunAsync(context, file, Flags(command), cancellationToken)
            : RunAsync(context, command, file, "define", "defined", context.Networks.DefineAsync, cancellationToken));
    }

    private static RedefineFlags Flags(ParsedCommand command) =>
        (command.Has(Validate) ? RedefineFlags.Validate : 0)
        | (command.Has(Partial) ? RedefineFlags.Partial : 0)
        | (command.Has(DryRun) ? RedefineFlags.DryRun : 0);

    private static Task CreateAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken) =>
        context.ForEachAsync(
            command,
            Files,
            file => RunAsync(context, command, file, "create", "created", context.Networks.CreateAsync, cancellationToken));

    private static async Task RunAsync(
        CommandContext context,
        ParsedCommand command,
        string file,
        string verb,
        string participle,
        Func<string, uint, CancellationToken, Task<NetworkRef>> call,
        CancellationToken cancellationToken)
    {
        string xml = XmlFile.Read(context, file);
        string document = command.Has(Update) ? await KeptIdentity.ApplyAsync(context, file, xml, cancellationToken) : xml;
        NetworkRef network;
        try
        {
            network = await call(document, command.Has(Validate) ? ValidateFlag : 0, cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure($"Failed to {verb} network from {file}", e)
            {
                Hints = context.SaysMore && verb == "define" && KeptIdentity.WouldHelp(document, e)
                    ? ["net-define --update changes that network and keeps its UUID"]
                    : DocumentHints.ForRefused(context, file, xml, e),
            };
        }

        IReadOnlyList<string> warnings = await ServerWarnings.ReadAsync(context, network, cancellationToken);
        context.Complete(
            $"Network {network.Name} {participle} from {file}\n",
            new JsonDefinedNetwork(network.Name, network.Uuid, warnings),
            CliJson.Default.JsonDefinedNetwork,
            await NetworkConditions.ReadHintsAsync(context, network, cancellationToken));
        ServerWarnings.Write(context, warnings);
        DocumentHints.WriteForAccepted(context, file, xml);
    }
}
