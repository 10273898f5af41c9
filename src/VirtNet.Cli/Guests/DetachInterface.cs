using VirtNet.Cli.Output;

namespace VirtNet.Cli.Guests;

internal static class DetachInterface
{
    private const string Failed = "Failed to detach interface";

    private static readonly OptionDefinition Type = OptionDefinition.Argument("type", "the interface's type, e.g. network");
    private static readonly OptionDefinition Mac =
        OptionDefinition.Text("mac", "the interface's MAC address", Candidates.GuestMacs);

    private static readonly OptionDefinition PrintXml =
        OptionDefinition.Flag("print-xml", "print the interface's XML instead of detaching it");

    public static CommandDefinition Definition { get; } =
        new("detach-interface", "remove an interface from a guest", RunAsync)
        {
            Description = "Remove an interface from a guest.",
            Options =
            [
                GuestArgument.Guest, Type, Mac, GuestScopes.Persistent, GuestScopes.Config, GuestScopes.Live,
                GuestScopes.Current, PrintXml, GuestArgument.DomainUri,
            ],
            NeedsConnection = false,
            Examples = ["detach-interface web network --mac 52:54:00:aa:bb:cc"],
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        GuestScopes.RefuseContradictions(command);
        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        IReadOnlyList<GuestScope> scopes = GuestScopes.AsVirsh(guest, command);
        GuestInterface[] found = [.. scopes.Select(scope => FindOrFail(guest.Document(scope), command))];
        if (command.Has(PrintXml))
        {
            // virsh prints the definition's before the running guest's.
            context.Terminal.Print(string.Concat(
                found.Reverse().Select(each => XmlBytes.Display(InterfaceEdits.WithDoubleQuotes(each.Xml)))));
            return;
        }

        await DetachAsync().OrFailBelow(Failed);
        context.Complete(
            "Interface detached successfully\n",
            GuestScopes.ToJson(guest, found[0].Mac, scopes),
            CliJson.Default.JsonGuestChange);

        async Task DetachAsync()
        {
            GuestScopes.Check(guest, scopes);
            for (int index = 0; index < found.Length; index++)
            {
                await guest.DetachAsync(scopes[index], found[index], cancellationToken);
            }
        }
    }

    /// <summary>virsh says what is wrong with the selection first and what it could not do second.</summary>
    private static GuestInterface FindOrFail(GuestDocument document, ParsedCommand command)
    {
        try
        {
            return Find(document, command);
        }
        catch (CommandFailure e)
        {
            throw new CommandFailure($"{e.Message}\nerror: {Failed}");
        }
    }

    private static GuestInterface Find(GuestDocument document, ParsedCommand command)
    {
        string type = command.Required(Type);
        GuestInterface[] found = [.. document.Interfaces.Where(each => each.Type == type)];
        if (found.Length == 0)
        {
            throw new CommandFailure($"No interface found whose type is {type}");
        }

        if (command.Text(Mac) is not { } mac)
        {
            return found is [var only]
                ? only
                : throw new CommandFailure(
                    $"Domain has {found.Length} interfaces. Please specify which one to detach using --mac");
        }

        return found.Where(each => each.HasMac(mac)).ToArray() switch
        {
            [var single] => single,
            [] => throw new CommandFailure($"No interface with MAC address {mac} was found"),
            _ => throw new CommandFailure(
                $"Domain has multiple interfaces matching MAC address {mac}. You must use detach-device and specify the "
                + $"device pci address to remove it."),
        };
    }
}
