using VirtNet.Cli.Connections;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Guests;

/// <summary>What an interface is to be plugged into, and whether that exists.</summary>
internal static class SourceArgument
{
    private const string DevicesFolder = "/sys/class/net";

    /// <summary>How a device of the host can be used.</summary>
    public static IReadOnlyList<string> Modes { get; } = ["vepa", "bridge", "private", "passthrough"];

    public static OptionDefinition Network { get; } =
        OptionDefinition.NamedText("network", "plug it into this network", Candidates.Networks);

    public static OptionDefinition PortGroup { get; } =
        OptionDefinition.NamedText("portgroup", "with this port group of the network");

    public static OptionDefinition Bridge { get; } = OptionDefinition.NamedText("bridge", "plug it into this bridge");

    public static OptionDefinition Direct { get; } =
        OptionDefinition.NamedText("direct", "plug it into this device of the host (macvtap)");

    public static OptionDefinition Mode { get; } =
        OptionDefinition.NamedText("mode", $"how, with --direct: {string.Join(", ", Modes)}");

    public static OptionDefinition NoCheck { get; } =
        OptionDefinition.Flag("no-check", "do not ask whether the network, bridge or device exists here");

    public static InterfaceSource Read(ParsedCommand command)
    {
        OptionDefinition[] given = [.. new[] { Network, Bridge, Direct }.Where(command.Has)];
        if (given.Length != 1)
        {
            throw new CommandFailure("say where to plug it: one of --network, --bridge and --direct");
        }

        Refuse(command, PortGroup, Network);
        Refuse(command, Mode, Direct);
        string type = given[0].Name;
        string? mode = command.Text(Mode);
        if (mode is not null && !Modes.Contains(mode))
        {
            throw new CommandFailure($"unknown mode '{mode}': {string.Join(", ", Modes)}");
        }

        return new InterfaceSource(type, command.Text(given[0])!) { PortGroup = command.Text(PortGroup), Mode = mode };
    }

    /// <exception cref="CommandFailure">It does not exist, or that cannot be found out.</exception>
    public static async Task CheckAsync(
        CommandContext context,
        ParsedCommand command,
        IGuest guest,
        InterfaceSource source,
        CancellationToken cancellationToken)
    {
        if (command.Has(NoCheck))
        {
            return;
        }

        switch (source.Type)
        {
            case "network":
                await CheckNetworkAsync(context, guest, source.Name, cancellationToken);
                break;
            case "bridge" or "direct":
                CheckDevice(source.Name, source.Type == "bridge");
                break;
        }
    }

    private static void CheckDevice(string name, bool bridge)
    {
        if (!Directory.Exists(Path.Combine(DevicesFolder, name, bridge ? "bridge" : "")))
        {
            string[] known =
            [
                .. Directory.GetDirectories(DevicesFolder)
                    .Where(folder => !bridge || Directory.Exists(Path.Combine(folder, "bridge")))
                    .Select(folder => Path.GetFileName(folder)),
            ];
            throw Unknown($"there is no {(bridge ? "bridge" : "device")} '{name}'", name, known);
        }
    }

    private static async Task CheckNetworkAsync(
        CommandContext context, IGuest guest, string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> known;
        try
        {
            known = await context.NetworksOf(guest).NamesAsync(cancellationToken);
        }
        catch (Exception e) when (e is VirtNetException or CommandFailure)
        {
            throw new CommandFailure($"cannot ask whether network '{name}' exists", e as VirtNetException)
            {
                Hints = [.. e is CommandFailure ? [e.Message] : Array.Empty<string>(), "--no-check goes on without asking"],
            };
        }

        if (known.Contains(name))
        {
            return;
        }

        CommandFailure unknown = Unknown(VirtNetException.NoNetworkWithName(name).Message, name, known);
        await using Session bystander = context.Session.Bystander();
        throw guest is LibvirtGuest && await new DaemonNetworks(bystander).FindAsync(name, mac: null, cancellationToken) is { } view
            ? new CommandFailure(unknown.Message)
            {
                Hints = [$"{context.Session.Target.Uri} has it, the guest's hypervisor does not: --bridge {view.Bridge} plugs it in"],
            }
            : unknown;
    }

    private static CommandFailure Unknown(string message, string name, IReadOnlyList<string> known) => new(message)
    {
        Hints = NearestName.Find(name, [.. known]) is { } nearest ? [$"did you mean '{nearest}'?"]
            : known.Count is > 0 and <= 10 ? [$"there are: {string.Join(", ", known)}"]
            : [],
    };

    private static void Refuse(ParsedCommand command, OptionDefinition option, OptionDefinition needed)
    {
        if (command.Has(option) && !command.Has(needed))
        {
            throw new CommandFailure($"--{option.Name} means nothing without --{needed.Name}");
        }
    }
}
