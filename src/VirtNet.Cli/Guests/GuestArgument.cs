using VirtNet.Cli.Connections;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Guests;

/// <summary>The guest that a command is about: a libvirt domain by name, or a file with the XML of one.</summary>
internal static class GuestArgument
{
    private const string DefaultUri = "qemu:///system";

    public static OptionDefinition Guest { get; } =
        OptionDefinition.Argument("domain", "a guest's name, id or uuid, or a file with its XML", Candidates.Guests);

    public static OptionDefinition DomainUri { get; } =
        OptionDefinition.NamedText("domain-uri", $"the hypervisor that the guest is of (default: {DefaultUri})");

    public static async Task<IGuest> LoadAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string name = command.Required(Guest);
        try
        {
            return await LoadAsync(context.Environment, command, name, cancellationToken);
        }
        catch (CommandFailure e) when (context.SaysMore)
        {
            throw new CommandFailure(e.Message, e.Cause)
            {
                Hints = [.. e.Hints, .. await SuggestAsync(VirshFor(context, command), name, cancellationToken)],
            };
        }
    }

    public static async Task<IGuest> LoadAsync(
        CliEnvironment environment, ParsedCommand command, string name, CancellationToken cancellationToken) =>
        IsFile(name)
            ? FileGuest.Load(name)
            : await LibvirtGuest.LoadAsync(VirshFor(environment, command), name, cancellationToken);

    private static async Task<IReadOnlyList<string>> SuggestAsync(
        IVirsh virsh, string name, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<string> known = await LibvirtGuest.ListAsync(virsh, cancellationToken);
            return !known.Contains(name) && NearestName.Find(name, [.. known]) is { } nearest
                ? [$"did you mean '{nearest}'?"]
                : [];
        }
        catch (CommandFailure)
        {
            return []; // the failure itself is what the user has to know
        }
    }

    /// <summary>A text with a slash in it, or one that ends in .xml, is a file; so is whatever file is there.</summary>
    public static bool IsFile(string name) =>
        name.Contains('/') || name.EndsWith(".xml", StringComparison.Ordinal) || File.Exists(name);

    public static IVirsh VirshFor(CommandContext context, ParsedCommand command) =>
        VirshFor(context.Environment, command);

    public static IVirsh VirshFor(CliEnvironment environment, ParsedCommand command) =>
        environment.Virsh(command.Text(DomainUri) ?? DefaultUri);
}
