using VirtNet.Cli.Editing;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>The description and the title of a network.</summary>
internal static class NetDesc
{
    private const int DescriptionType = 0;
    private const int TitleType = 1;

    private static readonly OptionDefinition Title = OptionDefinition.Flag("title", "the title instead of the description");
    private static readonly OptionDefinition Edit = OptionDefinition.Flag("edit", "open it in an editor");
    private static readonly OptionDefinition NewText = OptionDefinition.Words("new-desc", "the new text");

    public static CommandDefinition Definition { get; } =
        new("net-desc", "show or set the description or the title of a network", RunAsync)
        {
            Description = "Show the description or the title of a network; with a text or --edit, set it. "
                + "An empty text removes it.",
            Options =
            [
                NetworkArgument.Any, AffectOptions.Live, AffectOptions.Config, AffectOptions.Current, Title, Edit, NewText,
            ],
            Examples =
            [
                "net-desc default",
                "net-desc default --title --new-desc \"Lab of the third floor\"",
                "net-desc default --edit",
            ],
            OnlyReads = command => !command.Has(NewText) && !command.Has(Edit),
        };

    /// <summary>The description or the title, or null when there is none, as before libvirt 9.7 there never is.</summary>
    internal static async Task<string?> ReadAsync(
        INetworkDriver driver, NetworkRef network, int type, uint flags, CancellationToken cancellationToken)
    {
        try
        {
            return await driver.GetMetadataAsync(network, type, uri: null, flags, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code is VirErrorCode.NoNetworkMetadata or VirErrorCode.NoSupport
            || (e.Code == VirErrorCode.Rpc && e.Message.StartsWith("unknown procedure", StringComparison.Ordinal)))
        {
            return null;
        }
    }

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        uint flags = AffectOptions.Flags(command);
        bool title = command.Has(Title);
        string what = title ? "title" : "description";
        NetworkRef network =
            await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        if (flags == (AffectOptions.LiveFlag | AffectOptions.ConfigFlag))
        {
            // libvirt's client library refuses to read both at once, and virsh always reads first.
            throw new VirtNetException(
                VirErrorCode.InvalidArgument,
                "Flags 'VIR_NETWORK_UPDATE_AFFECT_LIVE' and 'VIR_NETWORK_UPDATE_AFFECT_CONFIG' are mutually exclusive");
        }

        int type = title ? TitleType : DescriptionType;
        string? old = await ReadAsync(context.Networks, network, type, flags, cancellationToken);
        if (!command.Has(Edit) && !command.Has(NewText))
        {
            Show(context, network, what, old);
            return;
        }

        string text = command.Has(NewText) ? string.Join(' ', command.Words(NewText)).TrimEnd(' ') : old ?? "";
        if (command.Has(Edit))
        {
            text = await EditAsync(context, text, title, cancellationToken);
            if (text == (old ?? ""))
            {
                context.Complete(
                    $"Network {what} not changed\n",
                    new JsonDescription(network.ToJson(), what, old, Changed: false),
                    CliJson.Default.JsonDescription);
                return;
            }
        }

        await context.Networks
            .SetMetadataAsync(network, new MetadataChange(type, text, Key: null, Uri: null, flags), cancellationToken)
            .OrFail($"Failed to set new network {what}");
        context.Complete(
            $"Network {what} updated successfully",
            new JsonDescription(network.ToJson(), what, text, Changed: true),
            CliJson.Default.JsonDescription);
    }

    private static void Show(CommandContext context, NetworkRef network, string what, string? text)
    {
        if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonDescription(network.ToJson(), what, text, Changed: false), CliJson.Default.JsonDescription);
        }
        else if (string.IsNullOrEmpty(text))
        {
            context.Terminal.PrintExtra($"No {what} for network: {network.Name}");
        }
        else
        {
            context.Terminal.Print(text);
        }
    }

    private static async Task<string> EditAsync(
        CommandContext context, string text, bool title, CancellationToken cancellationToken)
    {
        using TemporaryText file = TemporaryText.Create(text, context.Environment.Variable("TMPDIR"));
        await context.Environment.Editor.EditAsync(file.Path, cancellationToken);
        string edited = file.Read();
        return title && edited.EndsWith('\n') ? edited[..^1] : edited; // editors end a title with a line end
    }
}
