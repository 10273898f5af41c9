using System.Net;
using System.Numerics;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>What a network is and does, gathered from its XML, its leases, its bridge and the daemon's findings.</summary>
internal static class NetworkDetails
{
    /// <summary>Adds it all to what is known of a network. What cannot be found out is left out: it only informs.</summary>
    public static async Task<JsonNetwork> AddAsync(
        CommandContext context, NetworkRef network, JsonNetwork info, CancellationToken cancellationToken)
    {
        Task<string?> xml = OrNothing(context.Networks.GetXmlAsync(network, flags: 0, cancellationToken));
        Task<IReadOnlyList<DhcpLease>?> leases = info.Active
            ? OrNothing(context.Networks.GetDhcpLeasesAsync(network, mac: null, flags: 0, cancellationToken))
            : Task.FromResult<IReadOnlyList<DhcpLease>?>(null);
        Task<IReadOnlyList<Condition>> conditions = NetworkConditions.ReadAlwaysAsync(context, network, cancellationToken);
        await Task.WhenAll(xml, leases, conditions);
        info = info with
        {
            CutOffBy = NetworkConditions.Texts(conditions.Result, ConditionKind.CutOff),
            Warnings = NetworkConditions.Texts(conditions.Result, ConditionKind.Warning),
        };
        return xml.Result is { } text && TryParse(text) is { } definition
            ? Describe(context, info, definition, leases.Result ?? [])
            : info;
    }

    private static JsonNetwork Describe(
        CommandContext context, JsonNetwork info, NetworkDefinition definition, IReadOnlyList<DhcpLease> leases)
    {
        IReadOnlyList<string> subnets = [.. definition.Ips.Select(ip => ip.Network?.ToString()).OfType<string>()];
        IReadOnlyList<string> gateways = [.. definition.Ips.Select(ip => ip.Address.ToString())];
        IReadOnlyList<string> ranges =
            [.. definition.Ips.SelectMany(ip => ip.Ranges).Select(range => $"{range.Start}-{range.End}")];
        BigInteger capacity = Capacity(definition);
        return info with
        {
            Mode = definition.Forward.Mode == ForwardMode.None ? "isolated" : definition.Forward.Mode.ToString().ToLowerInvariant(),
            Subnet = First(subnets),
            Gateway = First(gateways),
            DhcpRange = First(ranges),
            Subnets = subnets,
            Gateways = gateways,
            DhcpRanges = ranges,
            Title = info.Title ?? definition.Title,
            Domain = definition.Domain?.Name,
            Mtu = definition.Mtu > 0 ? definition.Mtu
                : info is { Active: true, Bridge: { } own } ? context.Environment.BridgeMtu(own) : null,
            Guests = info is { Active: true, Bridge: { } bridge } ? context.Environment.BridgePorts(bridge).Count : info.Active ? null : 0,
            Leases = new JsonLeaseUse(leases.Count, capacity > long.MaxValue ? long.MaxValue : (long)capacity),
        };
    }

    private static string? First(IReadOnlyList<string> texts) => texts.Count > 0 ? texts[0] : null;

    /// <summary>How many addresses can be given out: those of the ranges, and reserved ones outside of them.</summary>
    private static BigInteger Capacity(NetworkDefinition definition)
    {
        BigInteger capacity = 0;
        foreach (IpDefinition ip in definition.Ips)
        {
            capacity += ip.Ranges.Aggregate(BigInteger.Zero, (sum, range) => sum + Subnet.Distance(range.Start, range.End) + 1);
            capacity += ip.Hosts
                .Select(host => host.Address)
                .OfType<IPAddress>()
                .Distinct()
                .Count(address => DefinitionWarnings.IsUsable(definition, address) && !ip.Ranges.Any(range => IsWithin(range, address)));
        }

        return capacity;
    }

    private static bool IsWithin(DhcpRange range, IPAddress address) =>
        address.AddressFamily == range.Start.AddressFamily
        && Subnet.Distance(range.Start, address) >= 0
        && Subnet.Distance(address, range.End) >= 0;

    private static NetworkDefinition? TryParse(string xml)
    {
        try
        {
            return NetworkXml.Parse(xml).Definition;
        }
        catch (VirtNetException)
        {
            return null; // of a daemon that knows more than this program
        }
    }

    private static async Task<T?> OrNothing<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (VirtNetException)
        {
            return null;
        }
    }
}
