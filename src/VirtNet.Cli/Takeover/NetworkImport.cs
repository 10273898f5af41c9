using System.Globalization;
using System.Net;
using VirtNet.Cli.Commands;
using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>Brings one network of libvirt in.</summary>
internal static class NetworkImport
{
    public const int AccessDenied = 13;

    public const string NeedsRoot = "libvirt's files are root's: run it as root";

    /// <exception cref="CommandFailure">It cannot be read, or another network is in its place: nothing was changed.</exception>
    public static async Task<ImportedNetwork> RunAsync(
        CommandContext context, LibvirtFolders folders, string name, bool dryRun, CancellationToken cancellationToken)
    {
        LibvirtNetwork network = Read(folders, name);
        NetworkRef? known = await FindAsync(context, network, cancellationToken);
        List<string> differences = [.. network.Document.Hints.Select(hint => hint.ToString())];
        IReadOnlyList<string> warnings = await WarningsAsync(context, network, cancellationToken);
        differences.AddRange(warnings);
        BridgeLeases leases = BridgeLeases.Read(folders, network.Definition, context.Environment.Time.GetUtcNow());
        List<string> hints = [.. leases.Hints, .. Hints(folders, network)];
        if (dryRun)
        {
            string planned = known is null ? ImportedNetwork.Planned : ImportedNetwork.Present;
            return new ImportedNetwork(
                name, known?.Uuid ?? network.Definition.Uuid, planned, network.Autostart, leases.Leases.Count, differences, leases.Faults, hints);
        }

        bool autostart = network.Autostart;
        NetworkRef imported;
        if (known is null)
        {
            imported = await DefineAsync(context, network, cancellationToken);
        }
        else
        {
            imported = known;
            autostart = await context.Networks.GetAutostartAsync(imported, cancellationToken);
            hints.AddRange(autostart == network.Autostart ? [] : [$"it is {(autostart ? "" : "not ")}started at boot here, unlike in libvirt: that stays"]);
        }

        int taken = await HandOverAsync(context, imported, leases, cancellationToken);
        return new ImportedNetwork(
            name, imported.Uuid, known is null ? ImportedNetwork.Imported : ImportedNetwork.Present, autostart, taken, differences, leases.Faults, hints);
    }

    /// <exception cref="CommandFailure">It cannot be read.</exception>
    public static LibvirtNetwork Read(LibvirtFolders folders, string name)
    {
        try
        {
            return name.Length > 0 && !name.Contains('/', StringComparison.Ordinal)
                ? LibvirtNetwork.Read(folders, name)
                : throw VirtNetException.NoNetworkWithName(name);
        }
        catch (VirtNetException e)
        {
            throw Failed(name, e, e.Errno == AccessDenied ? [NeedsRoot] : []);
        }
    }

    public static CommandFailure Failed(string network, VirtNetException cause, IReadOnlyList<string> hints) =>
        new($"Failed to import network {network}", cause) { Hints = hints };

    /// <returns>The same network, where it is here already.</returns>
    /// <exception cref="CommandFailure">Another one has its name or UUID, or it differs here.</exception>
    public static async Task<NetworkRef?> FindAsync(CommandContext context, LibvirtNetwork network, CancellationToken cancellationToken)
    {
        IReadOnlyList<NetworkRef> here = await context.Networks.ListNetworksAsync(flags: 0, cancellationToken);
        NetworkRef? sameName = here.FirstOrDefault(other => other.Name == network.Name);
        NetworkRef? sameUuid = here.FirstOrDefault(other => other.Uuid == network.Definition.Uuid);
        if (sameUuid is not null && sameUuid != sameName)
        {
            throw Failed(network.Name, VirtNetException.OperationFailed($"network '{sameUuid.Name}' has its uuid {sameUuid.Uuid}"), []);
        }

        if (sameName is null)
        {
            return null;
        }

        if (network.Definition.Uuid is { } uuid && uuid != sameName.Uuid)
        {
            throw Failed(network.Name, VirtNetException.OperationFailed($"network '{network.Name}' exists with uuid {sameName.Uuid}"), []);
        }

        string xml = await context.Networks.GetXmlAsync(sameName, XmlFlags.Inactive, cancellationToken);
        NetworkDifference difference = NetworkDifference.Between(NetworkXml.Parse(xml).Definition, network.Definition, []);
        return difference.Changes.Count == 0 ? sameName : throw Failed(
            network.Name,
            VirtNetException.OperationFailed($"network '{network.Name}' is here already, and differs"),
            [.. difference.Changes.Select(change => $"{change.Item}: here {change.Before ?? "none"}, in libvirt {change.After ?? "none"}")]);
    }

    /// <summary>Defines it, and marks it to be started at boot where libvirt does.</summary>
    private static async Task<NetworkRef> DefineAsync(CommandContext context, LibvirtNetwork network, CancellationToken cancellationToken)
    {
        try
        {
            NetworkRef defined = await context.Networks.DefineAsync(network.Xml, flags: 0, cancellationToken);
            if (network.Autostart)
            {
                await context.Networks.SetAutostartAsync(defined, autostart: true, cancellationToken);
            }

            return defined;
        }
        catch (VirtNetException e)
        {
            throw Failed(network.Name, e, []);
        }
    }

    /// <returns>How many leases were new.</returns>
    private static async Task<int> HandOverAsync(
        CommandContext context, NetworkRef network, BridgeLeases leases, CancellationToken cancellationToken)
    {
        if (leases.Leases.Count == 0)
        {
            return 0;
        }

        bool active = await context.Networks.IsActiveAsync(network, cancellationToken);
        return await context.Session.Connection.Extensions
            .ImportLeasesAsync(network, leases.Leases, active ? null : leases.ServerDuid, cancellationToken)
            .OrFail($"Failed to import the leases of network {network.Name}");
    }

    private static async Task<IReadOnlyList<string>> WarningsAsync(
        CommandContext context, LibvirtNetwork network, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Session.Connection.Extensions.GetWarningsAsync(name: null, network.Xml, cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw Failed(network.Name, e, []);
        }
    }

    private static IEnumerable<string> Hints(LibvirtFolders folders, LibvirtNetwork network)
    {
        if (folders == LibvirtFolders.Host && File.Exists(folders.StateOf(network.Name)))
        {
            yield return $"libvirt runs network {network.Name} on this host: it cannot be started here while it does";
        }

        if (folders == LibvirtFolders.Host && network.Autostart)
        {
            yield return $"libvirt starts network {network.Name} at boot as well: whichever is first has its bridge";
        }
    }
}

/// <summary>The leases of libvirt's network that are worth handing over.</summary>
/// <param name="Hints">Which are not, and why.</param>
internal sealed record BridgeLeases(
    IReadOnlyList<DhcpLease> Leases, string? ServerDuid, IReadOnlyList<string> Faults, IReadOnlyList<string> Hints)
{
    /// <summary>Why none is known; null where the list could be read, whatever single leases in it are like.</summary>
    public string? Unreadable { get; private init; }

    /// <summary>Those that have not ended, of addresses that the network still has.</summary>
    public static BridgeLeases Read(LibvirtFolders folders, NetworkDefinition network, DateTimeOffset now)
    {
        if (!network.OwnsBridge || network.BridgeName is not { } bridge || !InterfaceName.IsPossible(bridge))
        {
            return new BridgeLeases([], null, [], []);
        }

        LeaseStatus status;
        try
        {
            status = LeaseStatus.Read(folders.StatusOf(bridge), bridge);
        }
        catch (VirtNetException e)
        {
            return new BridgeLeases([], null, [e.Message], []) { Unreadable = e.Message };
        }

        DhcpLease[] running = [.. status.Leases.Where(lease => lease.ExpiryTime == 0 || lease.ExpiryTime > now.ToUnixTimeSeconds())];
        DhcpLease[] inside = [.. running.Where(lease => IsOf(network, IPAddress.Parse(lease.IpAddress)))];
        string[] hints = running.Length == inside.Length ? [] : [string.Create(
            CultureInfo.InvariantCulture, $"{running.Length - inside.Length} leases are of addresses that the network does not have any more: left out")];
        bool ipv6 = inside.Any(lease => lease.Type == 1);
        return new BridgeLeases(inside, ipv6 ? status.ServerDuid : null, status.Faults, hints);
    }

    private static bool IsOf(NetworkDefinition network, IPAddress address) =>
        network.Ips.Any(ip => ip.Network is { } subnet && subnet.Contains(address) && !ip.Address.Equals(address));
}
