using VirtNet.Cli.Editing;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Elements of foreign namespaces that a network's definition carries.</summary>
internal static class NetMetadata
{
    private const int ElementType = 2;

    private static readonly OptionDefinition Uri = OptionDefinition.Argument("uri", "the element's namespace");
    private static readonly OptionDefinition Edit = OptionDefinition.Flag("edit", "open the element in an editor");
    private static readonly OptionDefinition Key =
        OptionDefinition.Text("key", "the prefix that the namespace gets in the network's XML");

    private static readonly OptionDefinition Set = OptionDefinition.Text("set", "the new element");
    private static readonly OptionDefinition Remove = OptionDefinition.Flag("remove", "remove the element");

    public static CommandDefinition Definition { get; } =
        new("net-metadata", "show or set an XML element of one's own in a network", RunAsync)
        {
            Description = "Show, set or remove the element that a network's <metadata> holds for one namespace.",
            Options =
            [
                NetworkArgument.Any, Uri, AffectOptions.Live, AffectOptions.Config, AffectOptions.Current,
                Edit, Key, Set, Remove,
            ],
            Examples =
            [
                "net-metadata default urn:lab",
                "net-metadata default urn:lab --key lab --set \"<owner>me</owner>\"",
                "net-metadata default urn:lab --remove",
            ],
            OnlyReads = command => !command.Has(Set) && !command.Has(Edit) && !command.Has(Remove),
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        uint flags = AffectOptions.Flags(command);
        command.RefuseBoth(Edit, Set);
        command.RefuseBoth(Remove, Set);
        command.RefuseBoth(Remove, Edit);
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string uri = command.Required(Uri);
        string? key = command.Text(Key);
        string? element = command.Text(Set);
        if ((element is not null || command.Has(Edit)) && key is null)
        {
            throw new CommandFailure("namespace key is required when modifying metadata");
        }

        if (command.Has(Edit))
        {
            string old = await ReadAsync(context, network, uri, flags, cancellationToken) ?? "\n";
            element = await EditAsync(context, old, cancellationToken);
            if (element == old)
            {
                context.Complete(
                    "Metadata not changed",
                    new JsonMetadata(network.ToJson(), uri, old, Changed: false),
                    CliJson.Default.JsonMetadata);
                return;
            }
        }

        if (element is null && !command.Has(Remove))
        {
            Show(context, network, uri, await ReadAsync(context, network, uri, flags, cancellationToken));
            return;
        }

        await context.Networks.SetMetadataAsync(
            network, new MetadataChange(ElementType, element, key, uri, flags), cancellationToken);
        context.Complete(
            element is null ? "Metadata removed\n" : "Metadata modified\n",
            new JsonMetadata(network.ToJson(), uri, element, Changed: true),
            CliJson.Default.JsonMetadata);
    }

    private static async Task<string?> ReadAsync(
        CommandContext context, NetworkRef network, string uri, uint flags, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Networks.GetMetadataAsync(network, ElementType, uri, flags, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetworkMetadata)
        {
            return null;
        }
    }

    private static void Show(CommandContext context, NetworkRef network, string uri, string? element)
    {
        if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonMetadata(network.ToJson(), uri, element, Changed: false), CliJson.Default.JsonMetadata);
        }
        else
        {
            context.Terminal.PrintLine(element ?? "");
        }
    }

    private static async Task<string> EditAsync(CommandContext context, string text, CancellationToken cancellationToken)
    {
        using TemporaryText file = TemporaryText.Create(text, context.Environment.Variable("TMPDIR"));
        await context.Environment.Editor.EditAsync(file.Path, cancellationToken);
        return file.Read();
    }
}
