using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>The network that most commands are about, by name or UUID.</summary>
internal static class NetworkArgument
{
    private const int UuidLength = 36;

    /// <summary>Shorter beginnings of a UUID are more likely words.</summary>
    private const int MinUuidPrefix = 4;

    /// <summary>A suggestion is not worth more questions than this.</summary>
    private const int MaxBridgesAsked = 1000;

    public static OptionDefinition Any { get; } = Define(Candidates.Networks);

    public static OptionDefinition Active { get; } = Define(Candidates.ActiveNetworks);

    public static OptionDefinition OptionalActive { get; } =
        OptionDefinition.Text("network", "network name or uuid", Candidates.ActiveNetworks);

    public static OptionDefinition Inactive { get; } = Define(Candidates.InactiveNetworks);

    public static OptionDefinition Persistent { get; } = Define(Candidates.PersistentNetworks);

    public static OptionDefinition SeveralActive { get; } = DefineSeveral(Candidates.ActiveNetworks);

    public static OptionDefinition SeveralInactive { get; } = DefineSeveral(Candidates.InactiveNetworks);

    public static OptionDefinition SeveralPersistent { get; } = DefineSeveral(Candidates.PersistentNetworks);

    public static Task<NetworkRef> FindAsync(
        CommandContext context, ParsedCommand command, OptionDefinition option, CancellationToken cancellationToken) =>
        FindAsync(context, command.Required(option), cancellationToken);

    /// <summary>Tries a text of a UUID's length as UUID first, everything else only as name.</summary>
    public static async Task<NetworkRef> FindAsync(CommandContext context, string text, CancellationToken cancellationToken)
    {
        if (await TryUuidAsync(context, text, cancellationToken) is { } network)
        {
            return network;
        }

        return await FindByNameAsync(context, text, cancellationToken);
    }

    public static async Task<NetworkRef> FindByNameAsync(
        CommandContext context, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Networks.LookupByNameAsync(name, cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure(NotFound(name), e)
            {
                Hints = await SuggestAsync(context, name, e, cancellationToken),
            };
        }
    }

    /// <summary>Only ever as UUID: a text of another length finds nothing, without the server being asked.</summary>
    public static async Task<NetworkRef> FindByUuidAsync(
        CommandContext context, string text, CancellationToken cancellationToken)
    {
        if (text.Length != UuidLength)
        {
            throw new CommandFailure(NotFound(text));
        }

        if (!Guid.TryParse(text, out Guid uuid))
        {
            throw new CommandFailure(NotFound(text), VirtNetException.InvalidArgument(
                "uuidstr in virNetworkLookupByUUIDString must be a valid UUID"));
        }

        return await context.Networks.LookupByUuidAsync(uuid, cancellationToken).OrFail(NotFound(text));
    }

    public static JsonNetworkName ToJson(this NetworkRef network) => new(network.Name, network.Uuid);

    private static async Task<NetworkRef?> TryUuidAsync(
        CommandContext context, string text, CancellationToken cancellationToken)
    {
        if (text.Length != UuidLength || !Guid.TryParse(text, out Guid uuid))
        {
            return null;
        }

        try
        {
            return await context.Networks.LookupByUuidAsync(uuid, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return null; // a network may be named like a UUID
        }
    }

    private static async Task<IReadOnlyList<string>> SuggestAsync(
        CommandContext context, string name, VirtNetException failure, CancellationToken cancellationToken)
    {
        if (failure.Code != VirErrorCode.NoNetwork || !context.SaysMore)
        {
            return [];
        }

        try
        {
            IReadOnlyList<NetworkRef> networks = await context.Networks.ListNetworksAsync(0, cancellationToken);
            string? meant = ByUuid(networks, name)
                ?? await ByBridgeAsync(context.Networks, networks, name, cancellationToken)
                ?? NearestName.Find(name, [.. networks.Select(network => network.Name)]);
            return meant is null ? [] : [$"did you mean '{meant}'?"];
        }
        catch (VirtNetException)
        {
            return []; // the failure itself is what the user has to know
        }
    }

    /// <summary>The network whose UUID begins so, if it is one.</summary>
    private static string? ByUuid(IReadOnlyList<NetworkRef> networks, string text)
    {
        if (text.Length < MinUuidPrefix)
        {
            return null;
        }

        string[] found = [.. networks
            .Where(network => network.Uuid.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase))
            .Select(network => network.Name)
            .Take(2)];
        return found.Length == 1 ? found[0] : null;
    }

    /// <summary>The network of the bridge that has this name: people see bridges more often than networks.</summary>
    private static async Task<string?> ByBridgeAsync(
        INetworkDriver driver, IReadOnlyList<NetworkRef> networks, string text, CancellationToken cancellationToken)
    {
        string?[] bridges = await Task.WhenAll(networks
            .Take(MaxBridgesAsked)
            .Select(network => NetInfo.BridgeAsync(driver, network, cancellationToken)));
        int index = Array.IndexOf(bridges, text);
        return index < 0 ? null : networks[index].Name;
    }

    private static string NotFound(string text) => $"failed to get network '{text}'";

    private static OptionDefinition Define(Candidates candidates) =>
        OptionDefinition.Argument("network", "network name or uuid", candidates);

    private static OptionDefinition DefineSeveral(Candidates candidates) =>
        OptionDefinition.Several("network", "network names or uuids", candidates);
}
