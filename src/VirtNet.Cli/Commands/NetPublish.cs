using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>net-publish and net-unpublish: what of a network is reached from outside, in one word.</summary>
internal static class NetPublish
{
    private static readonly OptionDefinition DryRun =
        OptionDefinition.Flag("dry-run", "only find out whether it can be, and show the element that says it");

    private static readonly OptionDefinition Publication = OptionDefinition.Argument(
        "publication", "its name, or where it listens", Candidates.Publications);

    public static CommandDefinition Definition { get; } = new("net-publish", "make a guest reachable from outside", PublishAsync)
    {
        Description = "Publish a port, several, or a whole address of the host: whoever connects there reaches a guest, or one of "
            + "several, from outside, from the host itself and from other guests. It is part of the network's definition: in force at "
            + "once, after every restart, and gone with the network. Both the running network and its definition change, or neither. "
            + "A guest's name stands for the MAC address that a reservation or a port ties to it, else for the guest that calls itself "
            + "so now; that MAC address is what is published. Without a port a target is reached on the port that is listened on; "
            + "one port may answer for several, and a range for a range of the same length. An address alone is published with every "
            + "protocol, and its target reaches the world by it.",
        Options =
        [
            NetworkArgument.Any, PublicationArguments.Listen, PublicationArguments.Name, PublicationArguments.Interface,
            PublicationArguments.From, PublicationArguments.Balance, PublicationArguments.Check, PublicationArguments.Claim, PublicationArguments.Force,
            AffectOptions.Live, AffectOptions.Config, DryRun, PublicationArguments.Targets,
        ],
        Examples =
        [
            "net-publish lab 8080 web:80", "net-publish lab 80,443 web1,web2 --balance source --check http:/up",
            "net-publish lab 53/udp 192.168.122.9 --interface eth0", "net-publish lab 203.0.113.6 db --name database --claim",
            "net-publish lab 127.0.0.1:5432 db", "net-publish lab 7979 host:8080 --from 198.51.100.0/24",
        ],
    };

    public static CommandDefinition UnpublishDefinition { get; } = new("net-unpublish", "take a publication back", UnpublishAsync)
    {
        Description = "Take a publication back, in the running network and in its definition, both or neither.",
        Options = [NetworkArgument.Any, Publication, AffectOptions.Live, AffectOptions.Config],
        Examples = ["net-unpublish lab 8080", "net-unpublish lab database", "net-unpublish lab 53/udp --config"],
    };

    private static async Task PublishAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        Publication wanted = PublicationArguments.Read(command);
        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string failure = $"Failed to publish {wanted.Listen} on network {network.Name}";
        AffectedCopies copies = await AffectedCopies.ResolveAsync(context, command, network, failure, cancellationToken);
        await RequireDaemonAsync(context, network, cancellationToken).OrFail(failure);
        wanted = wanted with { Targets = await PublishedGuests.TieAsync(context, network, wanted.Targets, cancellationToken) };
        await ExtensionChange.RunAsync(
            context,
            network,
            copies,
            failure,
            command.Has(DryRun),
            (element, definition) => NetworkExtensionEditor.Add(element, wanted, definition),
            cancellationToken);
        IReadOnlyList<string> warnings = copies.Live && !command.Has(DryRun)
            ? await ReadWarningsAsync(context, network, wanted, cancellationToken)
            : [.. wanted.Targets.Where(PublishedGuests.IsUnknown).Select(PublishedGuests.Unknown)];
        context.CompleteWarning(
            command.Has(DryRun) ? NetworkExtensionEditor.Text(wanted) + "\n" : $"{wanted.Listen} published on network {network.Name}\n",
            new JsonPublished(
                network.ToJson(),
                wanted.Name,
                wanted.Listen,
                [.. wanted.Targets.Select(target => new JsonPublishedTarget(target.Text, target.Mac?.ToString()))],
                NetworkExtensionEditor.Text(wanted),
                copies.Live && !command.Has(DryRun),
                copies.Config && !command.Has(DryRun)),
            CliJson.Default.JsonPublished,
            warnings);
    }

    private static async Task UnpublishAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string word = command.Required(Publication);
        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string failure = $"Failed to take {word} back from network {network.Name}";
        AffectedCopies copies = await AffectedCopies.ResolveAsync(context, command, network, failure, cancellationToken);
        string wanted = word;
        AffectedCopies had = await ExtensionChange.RunAsync(context, network, copies, failure, dryRun: false, Remove, cancellationToken);
        if (!had.Any && await FindInForceAsync(context, network, word, cancellationToken) is { } inForce)
        {
            wanted = inForce;
            had = await ExtensionChange.RunAsync(context, network, copies, failure, dryRun: false, Remove, cancellationToken);
        }

        if (!had.Any)
        {
            throw new CommandFailure($"network {network.Name} publishes nothing called or listening on {word}");
        }

        context.Complete(
            $"{word} is no longer published on network {network.Name}\n",
            new JsonUnpublished(network.ToJson(), word, had.Live, had.Config),
            CliJson.Default.JsonUnpublished);

        string? Remove(string? element, NetworkDefinition definition)
        {
            string? remaining = element;
            ValueList<string> names = element is null ? [] : NetworkExtensionEditor.Remove(element, wanted, out remaining);
            return names.Count > 1
                ? throw new CommandFailure($"several publications of network {network.Name} listen on {word}")
                {
                    Hints = [$"name one: {string.Join(", ", names)}"],
                }
                : remaining;
        }
    }

    /// <summary>One without an address listens where the daemon's own settings say: that is how net-publish-list shows it.</summary>
    /// <returns>What the definition calls the only one that listens there; null where there is none.</returns>
    private static async Task<string?> FindInForceAsync(
        CommandContext context, NetworkRef network, string word, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<PublicationInForce> all = ListenText.Parse(word) is { Address: not null, IsWholeAddress: false }
                ? await context.Session.Connection.Extensions.GetPublicationsAsync(network, PublicationDetail.None, cancellationToken) : [];
            PublicationInForce[] found = [.. all.Where(each => PublicationText.Listen(each) == word)];
            return found is [var only] ? only.Name ?? PublicationText.Listen(only with { Address = null }) : null;
        }
        catch (VirtNetException)
        {
            return null;
        }
    }

    /// <summary>A daemon that cannot publish would store it, and do nothing.</summary>
    private static async Task RequireDaemonAsync(CommandContext context, NetworkRef network, CancellationToken cancellationToken)
    {
        try
        {
            await context.Session.Connection.Extensions.GetPublicationsAsync(network, PublicationDetail.None, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.OperationInvalid)
        {
            // it could, if the network ran
        }
    }

    /// <summary>What keeps it from being reached, as the daemon knows now.</summary>
    private static async Task<IReadOnlyList<string>> ReadWarningsAsync(
        CommandContext context, NetworkRef network, Publication wanted, CancellationToken cancellationToken)
    {
        IReadOnlyList<PublicationInForce> all =
            await context.Session.Connection.Extensions.GetPublicationsAsync(network, PublicationDetail.Warnings, cancellationToken);
        return [.. all.Where(each => PublicationText.Listen(each) == wanted.Listen && each.Name == wanted.Name).SelectMany(PublicationText.Notes)];
    }
}
