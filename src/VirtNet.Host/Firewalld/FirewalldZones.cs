using Microsoft.Extensions.Logging;
using VirtNet.Host.Bus;
using VirtNet.Model;

namespace VirtNet.Host.Firewalld;

/// <summary>Puts bridges into firewalld's zones, where firewalld runs, as libvirt does.</summary>
public sealed class FirewalldZones(IFirewalld firewalld, ILogger<FirewalldZones> logger)
{
    private const string OwnZone = "virtnet";

    /// <summary>libvirt's where it is installed, as its users may have changed them; else those that come with virtnet.</summary>
    private static readonly string[] Zones = ["libvirt", OwnZone];

    /// <summary>Before a network starts: the zone that its definition names needs firewalld.</summary>
    /// <exception cref="VirtNetException">firewalld does not run.</exception>
    public async Task ThrowIfImpossibleAsync(NetworkDefinition network, CancellationToken cancellationToken)
    {
        if (BridgeZone.For(network) is { Requested: { } zone } && !await firewalld.IsRunningAsync(cancellationToken))
        {
            throw Error($"zone {zone} requested for network {network.Name} but firewalld is not active");
        }
    }

    /// <summary>Those whose bridge is where it belongs; all, while firewalld does not run.</summary>
    public async Task<IReadOnlySet<BridgeZone>> FindInPlaceAsync(
        IReadOnlyCollection<BridgeZone> zones, CancellationToken cancellationToken)
    {
        if (!await firewalld.IsRunningAsync(cancellationToken))
        {
            return zones.ToHashSet();
        }

        IReadOnlyDictionary<string, string> current = await firewalld.ListInterfacesAsync(cancellationToken);
        HashSet<BridgeZone> inPlace = [];
        foreach (BridgeZone zone in zones.Where(zone => current.ContainsKey(zone.Bridge)))
        {
            if (current[zone.Bridge] == (zone.Requested ?? await FindAsync(zone, cancellationToken)))
            {
                inPlace.Add(zone);
            }
        }

        return inPlace;
    }

    /// <exception cref="VirtNetException">firewalld has no such zone.</exception>
    public async Task ApplyAsync(BridgeZone? before, BridgeZone? after, CancellationToken cancellationToken)
    {
        if (!await firewalld.IsRunningAsync(cancellationToken))
        {
            return;
        }

        try
        {
            if (before is not null && before.Bridge != after?.Bridge)
            {
                await firewalld.UnsetZoneAsync(before.Bridge, cancellationToken);
            }

            if (after is not null)
            {
                string zone = after.Requested ?? await ChooseAsync(after, cancellationToken);
                await firewalld.SetZoneAsync(after.Bridge, zone, cancellationToken);
                logger.ZoneSet(after.Network, after.Bridge, zone);
            }
        }
        catch (BusException e)
        {
            throw new VirtNetException(
                VirErrorCode.DBusService, $"error from service: {e.Message}", VirErrorDomain.DBus, e);
        }
    }

    private async Task<string> ChooseAsync(BridgeZone bridge, CancellationToken cancellationToken) =>
        await FindAsync(bridge, cancellationToken)
        ?? throw Error($"firewalld does not know zone {OwnZone}: firewall-cmd --reload");

    /// <returns>Null where firewalld has no zone that fits.</returns>
    private async Task<string?> FindAsync(BridgeZone bridge, CancellationToken cancellationToken)
    {
        IReadOnlySet<string> existing = await firewalld.ListZonesAsync(cancellationToken);
        if (Zones.FirstOrDefault(existing.Contains) is not { } zone)
        {
            return null;
        }

        string routed = zone + "-routed";
        return bridge.Mode == ForwardMode.Route && existing.Contains(routed)
            && (await firewalld.ListPoliciesAsync(cancellationToken)).Contains(routed + "-out")
            ? routed : zone;
    }

    private static VirtNetException Error(string detail) =>
        new(VirErrorCode.InternalError, $"internal error: {detail}", VirErrorDomain.None);
}
