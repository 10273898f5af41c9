using VirtNet.Cli.Editing;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Guests;

/// <summary>Opens one interface of a guest in an editor, and nothing else of the guest.</summary>
internal static class DomIfEdit
{
    public static CommandDefinition Definition { get; } = new("domif-edit", "edit one interface of a guest", RunAsync)
    {
        Description = "Open one interface of a guest's definition in $VISUAL or $EDITOR and change the guest when it "
            + "changed. The rest of the definition stays as it is.",
        Options =
        [
            GuestArgument.Guest, InterfaceArgument.Mac, InterfaceArgument.Target, InterfaceArgument.Index,
            GuestScopes.Live, GuestScopes.Config, GuestArgument.DomainUri,
        ],
        NeedsConnection = false,
        Examples = ["domif-edit web --mac 52:54:00:aa:bb:cc", "domif-edit ./web.xml"],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        command.RefuseBoth(GuestScopes.Live, GuestScopes.Config);
        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        GuestScope scope = command.Has(GuestScopes.Live) || guest.Config is null ? GuestScope.Live : GuestScope.Config;
        if (scope == GuestScope.Live && guest.Live is null)
        {
            throw new CommandFailure("Requested operation is not valid: domain is not running");
        }

        GuestDocument document = guest.Document(scope);
        GuestInterface old = InterfaceArgument.Find(guest, scope, command);
        string original = XmlBytes.Display(old.Xml) + "\n";
        using TemporaryText file = TemporaryText.Create(original, context.Environment.Variable("TMPDIR"));
        await context.Environment.Editor.EditAsync(file.Path, cancellationToken);
        string edited = file.Read();
        bool changed = edited.TrimEnd() != original.TrimEnd();
        if (changed)
        {
            try
            {
                string xml = Check(guest, document, old, file.Path);
                await InterfaceChange.ApplyAsync(guest, [new InterfaceChange.Step(scope, old, xml)], cancellationToken);
            }
            catch (Exception e) when (e is VirtNetException or CommandFailure)
            {
                file.Keep();
                throw new CommandFailure(e.Message) { Hints = [$"your text is in {file.Path}"] };
            }
        }

        context.Complete(
            $"Interface {old.Label} of {guest.Name} {(changed ? "edited" : "not changed")}.\n",
            new JsonGuestChange(
                guest.Name, old.Mac, changed, scope == GuestScope.Live, scope == GuestScope.Config, Diff: null),
            CliJson.Default.JsonGuestChange);
    }

    /// <summary>The edited element, if it still is one interface and takes no other's MAC.</summary>
    private static string Check(IGuest guest, GuestDocument document, GuestInterface old, string path)
    {
        string text = XmlBytes.Load(path, XmlFile.ReadBytes(path));
        XmlElementSpan root = XmlScanner.Scan(text);
        if (root.Name != "interface")
        {
            throw VirtNetException.Xml($"expecting root element of 'interface', not '{root.Name}'");
        }

        string xml = text[root.Start..root.End];
        GuestInterface edited = GuestInterface.Read(old.Number, xml);
        if (edited.Type.Length == 0)
        {
            throw VirtNetException.Xml("the interface has no type");
        }

        GuestInterface? used = document.Interfaces.FirstOrDefault(
            other => other.Number != old.Number && edited.Mac is { } mac && other.HasMac(mac));
        return used is null
            ? xml
            : throw new CommandFailure(
                $"{guest.Name} uses MAC address '{edited.Mac}' already, for its interface number {used.Number}");
    }
}
