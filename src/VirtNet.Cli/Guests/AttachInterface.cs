using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Guests;

internal static class AttachInterface
{
    private const string Failed = "Failed to attach interface";

    private static readonly string[] Types = ["network", "bridge", "direct", "hostdev", "vhostuser"];

    private static readonly OptionDefinition Type =
        OptionDefinition.Argument("type", $"one of {string.Join(", ", Types)}");

    private static readonly OptionDefinition Source =
        OptionDefinition.Argument("source", "the network, the bridge, the device, its PCI address or the socket", Candidates.Networks);

    private static readonly OptionDefinition Target = OptionDefinition.Text("target", "the device on the host");
    private static readonly OptionDefinition Mac = OptionDefinition.Text("mac", "the MAC address");
    private static readonly OptionDefinition Script = OptionDefinition.Text("script", "a script that plugs it in");
    private static readonly OptionDefinition Model = OptionDefinition.Text("model", "the kind of card, e.g. virtio");
    private static readonly OptionDefinition Alias = OptionDefinition.Text("alias", "a name for the device");
    private static readonly OptionDefinition Inbound =
        OptionDefinition.Text("inbound", "limit of what the guest receives: average[,peak[,burst[,floor]]]");

    private static readonly OptionDefinition Outbound =
        OptionDefinition.Text("outbound", "limit of what the guest sends: average[,peak[,burst]]");

    private static readonly OptionDefinition PrintXml =
        OptionDefinition.Flag("print-xml", "print the interface's XML instead of attaching it");

    private static readonly OptionDefinition SourceMode =
        OptionDefinition.Text("source-mode", "of direct: how it uses the device; of vhostuser: server or client");

    private static readonly OptionDefinition Managed =
        OptionDefinition.Flag("managed", "of hostdev: take the device from the host's driver while the guest has it");

    public static CommandDefinition Definition { get; } = new("attach-interface", "add an interface to a guest", RunAsync)
    {
        Description = "Add an interface to a guest.",
        Options =
        [
            GuestArgument.Guest, Type, Source, Target, Mac, Script, Model, Alias, Inbound, Outbound,
            GuestScopes.Persistent, GuestScopes.Config, GuestScopes.Live, GuestScopes.Current, PrintXml, Managed, SourceMode,
            SourceArgument.NoCheck, GuestArgument.DomainUri,
        ],
        NeedsConnection = false,
        Examples =
        [
            "attach-interface web network default --model virtio --config",
            "attach-interface web bridge br0 --live --config",
        ],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        GuestScopes.RefuseContradictions(command);
        InterfaceXml added = Read(command);
        IReadOnlyList<string> lines = added.Lines();
        if (command.Has(PrintXml))
        {
            context.Terminal.Print(string.Concat(lines.Select(line => XmlBytes.Display(line) + "\n")));
            return;
        }

        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        IReadOnlyList<GuestScope> scopes = GuestScopes.AsVirsh(guest, command);
        await AttachAsync().OrFailBelow(Failed);
        context.Complete(
            "Interface attached successfully\n",
            GuestScopes.ToJson(guest, added.Mac, scopes),
            CliJson.Default.JsonGuestChange);

        async Task AttachAsync()
        {
            GuestScopes.Check(guest, scopes);
            if (added.Mac is { } mac)
            {
                CheckMac(guest, scopes, mac);
            }

            InterfaceSource source = new(added.Type, added.Source);
            await SourceArgument.CheckAsync(context, command, guest, source, cancellationToken);
            await guest.AttachAsync(scopes, lines, cancellationToken);
        }
    }

    private static InterfaceXml Read(ParsedCommand command)
    {
        string type = command.Required(Type);
        if (!Types.Contains(type))
        {
            throw new CommandFailure($"No support for {type} in command 'attach-interface'");
        }

        return new InterfaceXml(type, command.Required(Source))
        {
            Managed = command.Has(Managed),
            Mode = ReadMode(command, type),
            Target = command.Text(Target),
            Mac = command.Text(Mac),
            Script = command.Text(Script),
            Model = command.Text(Model),
            Alias = command.Text(Alias),
            Inbound = ReadLimit(command, Inbound),
            Outbound = ReadLimit(command, Outbound),
        };
    }

    private static InterfaceBandwidth? ReadLimit(ParsedCommand command, OptionDefinition option) =>
        command.Text(option) is { } text ? InterfaceBandwidth.Parse(option.Name, text) : null;

    private static string? ReadMode(ParsedCommand command, string type)
    {
        string? mode = command.Text(SourceMode);
        IReadOnlyList<string> known = type switch
        {
            "vhostuser" => ["server", "client"],
            "direct" => SourceArgument.Modes,
            _ => [],
        };
        return mode is null
            ? type == "vhostuser" ? throw new CommandFailure("source-mode is mandatory") : null
            : known.Contains(mode) ? mode : throw new CommandFailure($"Invalid source mode: {mode}");
    }

    private static void CheckMac(IGuest guest, IReadOnlyList<GuestScope> scopes, string mac)
    {
        if (!MacAddress.TryParse(mac, out MacAddress address))
        {
            throw new CommandFailure($"XML error: unable to parse mac address '{mac}'");
        }

        if (address.IsMulticast)
        {
            throw new CommandFailure($"XML error: expected unicast mac address, found multicast '{mac}'");
        }

        foreach (GuestScope scope in scopes)
        {
            if (guest.Document(scope).Interfaces.FirstOrDefault(each => each.HasMac(mac)) is { } used)
            {
                throw new CommandFailure(
                    $"{guest.Name} uses MAC address '{mac}' already, for its interface number {used.Number}");
            }
        }
    }
}
