using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Guests;

internal static class AttachInterface
{
    private static readonly string[] Types = ["network", "bridge", "direct"];

    private static readonly OptionDefinition Type = OptionDefinition.Argument("type", "network, bridge or direct");
    private static readonly OptionDefinition Source =
        OptionDefinition.Argument("source", "the network, the bridge or the device", Candidates.Networks);

    private static readonly OptionDefinition Target = OptionDefinition.Text("target", "the device on the host");
    private static readonly OptionDefinition Mac = OptionDefinition.Text("mac", "the MAC address");
    private static readonly OptionDefinition Script = OptionDefinition.Text("script", "a script that plugs it in");
    private static readonly OptionDefinition Model = OptionDefinition.Text("model", "the kind of card, e.g. virtio");
    private static readonly OptionDefinition Alias = OptionDefinition.Text("alias", "a name for the device");
    private static readonly OptionDefinition Inbound =
        OptionDefinition.Text("inbound", "limit of what the guest receives: average[,peak[,burst]]");

    private static readonly OptionDefinition Outbound =
        OptionDefinition.Text("outbound", "limit of what the guest sends: average[,peak[,burst]]");

    private static readonly OptionDefinition PrintXml =
        OptionDefinition.Flag("print-xml", "print the interface's XML instead of attaching it");

    private static readonly OptionDefinition SourceMode =
        OptionDefinition.Text("source-mode", "how a direct interface uses the device");

    public static CommandDefinition Definition { get; } = new("attach-interface", "add an interface to a guest", RunAsync)
    {
        Description = "Add an interface to a guest.",
        Options =
        [
            GuestArgument.Guest, Type, Source, Target, Mac, Script, Model, Alias, Inbound, Outbound,
            GuestScopes.Persistent, GuestScopes.Config, GuestScopes.Live, GuestScopes.Current, PrintXml, SourceMode,
            SourceArgument.NoCheck, GuestArgument.DomainUri,
        ],
        NeedsConnection = false,
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        InterfaceXml added = Read(command);
        if (command.Has(PrintXml))
        {
            context.Terminal.Print(string.Concat(added.Lines().Select(line => XmlBytes.Display(line) + "\n")));
            return;
        }

        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        IReadOnlyList<GuestScope> scopes = GuestScopes.AsVirsh(guest, command);
        foreach (GuestScope scope in scopes)
        {
            RefuseUsedMac(guest, guest.Document(scope), added.Mac);
        }

        await SourceArgument.CheckAsync(
            context, command, new InterfaceSource(added.Type, added.Source), cancellationToken);
        foreach (GuestScope scope in scopes)
        {
            await guest.AttachAsync(scope, added.Lines(), cancellationToken).OrFailBelow("Failed to attach interface");
        }

        context.Complete(
            "Interface attached successfully\n",
            GuestScopes.ToJson(guest, added.Mac, scopes),
            CliJson.Default.JsonGuestChange);
    }

    private static InterfaceXml Read(ParsedCommand command)
    {
        string type = command.Required(Type);
        if (!Types.Contains(type))
        {
            throw new CommandFailure($"No support for {type} in command 'attach-interface'");
        }

        string? mode = command.Text(SourceMode);
        if (mode is not null && type != "direct")
        {
            throw new CommandFailure($"Invalid source mode: {mode}");
        }

        return new InterfaceXml(type, command.Required(Source))
        {
            Mode = mode,
            Target = command.Text(Target),
            Mac = command.Text(Mac),
            Script = command.Text(Script),
            Model = command.Text(Model),
            Alias = command.Text(Alias),
            Inbound = command.Text(Inbound) is { } inbound ? InterfaceBandwidth.Parse(inbound) : null,
            Outbound = command.Text(Outbound) is { } outbound ? InterfaceBandwidth.Parse(outbound) : null,
        };
    }

    private static void RefuseUsedMac(IGuest guest, GuestDocument document, string? mac)
    {
        if (mac is not null && document.Interfaces.FirstOrDefault(each => each.HasMac(mac)) is { } used)
        {
            throw new CommandFailure($"{guest.Name} uses MAC address '{mac}' already, for its interface number {used.Number}");
        }
    }
}
