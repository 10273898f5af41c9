using VirtNet.Cli.Commands;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Guests;
using VirtNet.Cli.Output;
using VirtNet.Cli.Properties;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Completion;

/// <summary>Knows the values that an option can have now; asks the daemon for those that only it knows.</summary>
internal sealed class CompletionCandidates(CommandTable table, Session session, CliEnvironment environment)
{
    /// <summary>A completion that is late is worse than none, but a busy host answers late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>The option that every command has.</summary>
    public static OptionDefinition Output { get; } =
        OptionDefinition.NamedText("output", "text or json", Candidates.OutputFormats);

    public async Task<IReadOnlyList<string>> FindAsync(
        Candidates kind, ParsedCommand command, string prefix, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case Candidates.None:
                return [];
            case Candidates.Files:
                return FileCandidates.Find(prefix);
            case Candidates.Events:
                return [.. NetworkEventText.KindNames, NetworkEventText.LeaseName];
            case Candidates.UpdateCommands:
                return ["add", .. NetUpdate.CommandNames];
            case Candidates.UpdateSections:
                return NetUpdate.SectionNames;
            case Candidates.WaitConditions:
                return WaitedFor.Conditions;
            case Candidates.Properties:
                return [.. NetworkProperties.All.Select(property => property.Key)];
            case Candidates.Assignments:
                return [.. NetworkProperties.All.SelectMany(property => Assignments(property, prefix))];
            case Candidates.NetworkModes:
                return ForwardModes.All;
            case Candidates.Subnets:
                return ["auto"];
            case Candidates.Ipv6Subnets:
                return ["auto", "off"];
            case Candidates.Balances:
                return Balances.Names;
            case Candidates.Checks:
                return PublicationArguments.Checks;
            case Candidates.OutputFormats:
                return OutputFormats.All;
            case Candidates.Commands:
                return [.. table.Visible().Select(known => known.Name), .. table.Groups.Select(group => group.Keyword)];
            case Candidates.Guests:
                return [.. FileCandidates.Find(prefix), .. await AskAsync(GuestsAsync, command, cancellationToken)];
            case Candidates.GuestMacs:
                return await AskAsync(GuestMacsAsync, command, cancellationToken);
            default:
                return await AskAsync(
                    async (command, cancellationToken) =>
                    {
                        await session.OpenAsync(onlyReads: true, cancellationToken);
                        return kind == Candidates.Publications
                            ? await PublicationsAsync(session.Connection, command, cancellationToken)
                            : await AskAsync(session.Connection.Networks, kind, command, cancellationToken);
                    },
                    command,
                    cancellationToken);
        }
    }

    /// <summary>The key alone, and once that is written what it can be.</summary>
    private static IEnumerable<string> Assignments(NetworkProperty property, string prefix)
    {
        string start = property.Key + "=";
        return prefix.StartsWith(start, StringComparison.Ordinal) ? property.Values.Select(value => start + value) : [start];
    }

    /// <summary>Somebody else's answer, if it comes in time.</summary>
    private static async Task<IReadOnlyList<string>> AskAsync(
        Func<ParsedCommand, CancellationToken, Task<IReadOnlyList<string>>> ask,
        ParsedCommand command,
        CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            return await ask(command, timeout.Token);
        }
        catch (Exception e) when (e is VirtNetException or CommandFailure or OperationCanceledException)
        {
            return []; // a shell that completes has no place for messages
        }
    }

    private static async Task<IReadOnlyList<string>> AskAsync(
        INetworkDriver driver, Candidates kind, ParsedCommand command, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case Candidates.Ports when await NetworkOfAsync(driver, command, cancellationToken) is { } network:
                return [.. (await driver.ListPortsAsync(network, 0, cancellationToken)).Select(port => port.Uuid.ToString())];
            case Candidates.LeaseMacs when await NetworkOfAsync(driver, command, cancellationToken) is { } network:
                return [.. (await driver.GetDhcpLeasesAsync(network, null, 0, cancellationToken)).Select(lease => lease.Mac).OfType<string>()];
            case Candidates.LeaseAddresses when await NetworkOfAsync(driver, command, cancellationToken) is { } network:
                return [.. (await driver.GetDhcpLeasesAsync(network, null, 0, cancellationToken)).Select(lease => lease.IpAddress)];
            case Candidates.PublishTargets when await NetworkOfAsync(driver, command, cancellationToken) is { } network:
                return
                [
                    .. (await driver.GetDhcpLeasesAsync(network, null, 0, cancellationToken)).Select(lease => lease.Hostname).OfType<string>(),
                    $"{TargetText.Host}:",
                ];
            case Candidates.Ports or Candidates.LeaseMacs or Candidates.LeaseAddresses or Candidates.PublishTargets:
                return [];
            default:
                IReadOnlyList<NetworkRef> networks = await driver.ListNetworksAsync(Filter(kind), cancellationToken);
                return [.. networks.Select(network => kind == Candidates.NetworkUuids ? network.Uuid.ToString() : network.Name)];
        }
    }

    private static async Task<IReadOnlyList<string>> PublicationsAsync(
        IDaemonConnection connection, ParsedCommand command, CancellationToken cancellationToken) =>
        await NetworkOfAsync(connection.Networks, command, cancellationToken) is { } network
            ? [.. (await connection.Extensions.GetPublicationsAsync(network, PublicationDetail.None, cancellationToken))
                .Select(each => each.Name ?? PublicationText.Listen(each))]
            : [];

    private Task<IReadOnlyList<string>> GuestsAsync(ParsedCommand command, CancellationToken cancellationToken) =>
        LibvirtGuest.ListAsync(GuestArgument.VirshFor(environment, command), cancellationToken);

    /// <summary>The MACs of the guest that stands on the line already.</summary>
    private async Task<IReadOnlyList<string>> GuestMacsAsync(ParsedCommand command, CancellationToken cancellationToken)
    {
        if (command.Words(GuestArgument.Guest) is not [.., var name])
        {
            return [];
        }

        IGuest guest = await GuestArgument.LoadAsync(environment, command, name, cancellationToken);
        return [.. (guest.Live ?? guest.Config)!.Interfaces.Select(each => each.Mac).OfType<string>()];
    }

    /// <summary>The network that stands on the line already.</summary>
    private static async Task<NetworkRef?> NetworkOfAsync(
        INetworkDriver driver, ParsedCommand command, CancellationToken cancellationToken)
    {
        return command.Definition.FindOption("network") is { } option && command.Words(option) is [.., var name]
            ? await driver.LookupByNameAsync(name, cancellationToken)
            : null;
    }

    /// <summary>virConnectListAllNetworksFlags.</summary>
    private static uint Filter(Candidates kind) => kind switch
    {
        Candidates.InactiveNetworks => 1,
        Candidates.ActiveNetworks => 2,
        Candidates.PersistentNetworks => 4,
        _ => 0,
    };
}
