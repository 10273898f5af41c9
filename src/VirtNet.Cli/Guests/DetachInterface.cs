using VirtNet.Cli.Grammar;
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
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        IReadOnlyList<GuestScope> scopes = GuestScopes.AsVirsh(guest, command);
        GuestInterface[] found = [.. scopes.Select(scope => Find(guest.Document(scope), command))];
        if (command.Has(PrintXml))
        {
            context.Terminal.Print(XmlBytes.Display(found[0].Xml));
            return;
        }

        for (int index = 0; index < found.Length; index++)
        {
            await guest.DetachAsync(scopes[index], found[index], cancellationToken).OrFailBelow(Failed);
        }

        context.Complete(
            "Interface detached successfully\n",
            GuestScopes.ToJson(guest, found[0].Mac, scopes),
            CliJson.Default.JsonGuestChange);
    }

    private static GuestInterface Find(GuestDocument document, ParsedCommand command)
    {
        string type = command.Required(Type);
        GuestInterface[] found = [.. document.Interfaces.Where(each => each.Type == type)];
        if (found.Length == 0)
        {
            throw new CommandFailure($"No interface found whose type is {type}\nerror: {Failed}");
        }

        if (command.Text(Mac) is not { } mac)
        {
            return found is [var only]
                ? only
                : throw new CommandFailure(
                    $"Domain has {found.Length} interfaces. Please specify which one to detach using --mac\nerror: {Failed}");
        }

        return found.Where(each => each.HasMac(mac)).ToArray() switch
        {
            [var single] => single,
            [] => throw new CommandFailure($"No interface with MAC address {mac} was found\nerror: {Failed}"),
            _ => throw new CommandFailure(
                $"Domain has multiple interfaces matching MAC address {mac}. You must use detach-device and specify the "
                + $"device pci address to remove it.\nerror: {Failed}"),
        };
    }
}
