using VirtNet.Cli.Output;

namespace VirtNet.Cli.Guests;

/// <summary>Moves a guest's interface to another network, bridge or device.</summary>
internal static class DomIfSetSource
{
    private static readonly OptionDefinition DryRun =
        OptionDefinition.Flag("dry-run", "show the difference instead of making it");

    public static CommandDefinition Definition { get; } =
        new("domif-set-source", "plug an interface of a guest into something else", RunAsync)
        {
            Description = "Plug an interface of a guest into another network, bridge or device. Everything else about the "
                + "interface stays as it is. Without --live and --config both the running guest and its next start change.",
            Options =
            [
                GuestArgument.Guest, InterfaceArgument.Mac, InterfaceArgument.Target, InterfaceArgument.Index,
                SourceArgument.Network, SourceArgument.PortGroup, SourceArgument.Bridge, SourceArgument.Direct,
                SourceArgument.Mode, GuestScopes.Live, GuestScopes.Config, DryRun, SourceArgument.NoCheck,
                GuestArgument.DomainUri,
            ],
            NeedsConnection = false,
            Examples = ["domif-set-source web --target vnet0 --network lab"],
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        InterfaceSource source = SourceArgument.Read(command);
        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        List<InterfaceChange.Step> steps = [];
        foreach (GuestScope scope in GuestScopes.Both(guest, command))
        {
            GuestInterface old = InterfaceArgument.Find(guest, scope, command);
            steps.Add(new InterfaceChange.Step(scope, old, InterfaceEdits.SetSource(old.Xml, source)));
        }

        InterfaceChange.RefuseDifferent(guest, steps);

        await SourceArgument.CheckAsync(context, command, guest, source, cancellationToken);
        if (command.Has(DryRun))
        {
            Preview(context, guest, steps);
            return;
        }

        await InterfaceChange.ApplyAsync(guest, steps, cancellationToken);
        bool changed = steps.Any(step => !step.ChangesNothing);
        string label = steps[0].Old.Label;
        context.Complete(
            changed
                ? $"Interface {label} of {guest.Name} is on {source} now\n"
                : $"Interface {label} of {guest.Name} is on {source} already\n",
            new JsonGuestChange(guest.Name, steps[0].Old.Mac, changed, Live(steps), Config(steps), Diff: null),
            CliJson.Default.JsonGuestChange);
    }

    private static void Preview(CommandContext context, IGuest guest, List<InterfaceChange.Step> steps)
    {
        string diff = InterfaceChange.Preview(guest, steps);
        if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonGuestChange(guest.Name, steps[0].Old.Mac, Changed: false, Live(steps), Config(steps), diff),
                CliJson.Default.JsonGuestChange);
        }
        else
        {
            context.Terminal.Print(diff);
        }
    }

    private static bool Live(List<InterfaceChange.Step> steps) => steps.Any(step => step.Scope == GuestScope.Live);

    private static bool Config(List<InterfaceChange.Step> steps) => steps.Any(step => step.Scope == GuestScope.Config);
}
