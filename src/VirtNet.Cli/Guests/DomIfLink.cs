using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Guests;

/// <summary>domif-getlink and domif-setlink: whether a guest's cable is plugged in.</summary>
internal static class DomIfLink
{
    private static readonly OptionDefinition Interface =
        OptionDefinition.Argument("interface", "the interface's device or MAC address", Candidates.GuestMacs);

    private static readonly OptionDefinition State = OptionDefinition.Argument("state", "up or down");

    private static readonly OptionDefinition Config =
        OptionDefinition.Flag("config", "the guest's next start instead of the running guest") with { Alias = "persistent" };

    private static readonly OptionDefinition PrintXml =
        OptionDefinition.Flag("print-xml", "print the interface's XML instead of changing it");

    public static CommandDefinition GetDefinition { get; } =
        new("domif-getlink", "show whether an interface's link is up", GetAsync)
        {
            Description = "Show the state of the link of a guest's interface.",
            Options = [GuestArgument.Guest, Interface, Config, GuestArgument.DomainUri],
            NeedsConnection = false,
            Examples = ["domif-getlink web vnet0"],
        };

    public static CommandDefinition SetDefinition { get; } =
        new("domif-setlink", "take the link of an interface up or down", SetAsync)
        {
            Description = "Take the link of a guest's interface up or down, as if its cable were plugged in or out.",
            Options = [GuestArgument.Guest, Interface, State, Config, PrintXml, GuestArgument.DomainUri],
            NeedsConnection = false,
            Examples = ["domif-setlink web vnet0 down"],
        };

    private static async Task GetAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        string name = command.Required(Interface);
        GuestInterface found = guest.Document(Scope(guest, command)).Interfaces.FirstOrDefault(each => each.IsCalled(name))
            ?? throw new CommandFailure(
                $"Interface ({(MacAddress.TryParse(name, out MacAddress mac) ? $"mac: {mac}" : $"dev: {name}")}) not found.");
        if (context.WritesDocuments)
        {
            context.WriteDocument(new JsonLink(guest.Name, name, found.LinkState), CliJson.Default.JsonLink);
        }
        else
        {
            context.Terminal.Print($"{name} {found.LinkState}");
        }
    }

    private static async Task SetAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string name = command.Required(Interface);
        string state = command.Required(State);
        if (state is not ("up" or "down"))
        {
            throw new CommandFailure($"invalid link state '{state}'");
        }

        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        GuestScope scope = Scope(guest, command);
        GuestInterface[] found = [.. guest.Document(scope).Interfaces.Where(each => each.IsCalled(name))];
        if (found.Length != 1)
        {
            throw new CommandFailure(found.Length == 0
                ? $"interface '{name}' not found"
                : $"multiple matching interfaces found: '{name}'");
        }

        string xml = InterfaceEdits.SetLink(found[0].Xml, state);
        if (command.Has(PrintXml))
        {
            context.Terminal.Print(XmlBytes.Display(InterfaceEdits.WithDoubleQuotes(xml)));
            return;
        }

        await InterfaceChange.ApplyAsync(guest, [new InterfaceChange.Step(scope, found[0], xml)], cancellationToken)
            .OrFailBelow("Failed to update interface link state");
        context.Complete("Device updated successfully\n", new JsonLink(guest.Name, name, state), CliJson.Default.JsonLink);
    }

    private static GuestScope Scope(IGuest guest, ParsedCommand command)
    {
        if (command.Has(Config) && guest.Config is null)
        {
            throw new CommandFailure(
                "Requested operation is not valid: transient domains do not have any persistent config");
        }

        return command.Has(Config) || guest.Live is null ? GuestScope.Config : GuestScope.Live;
    }
}
