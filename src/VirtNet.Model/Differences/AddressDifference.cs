using VirtNet.Model.Xml;

namespace VirtNet.Model.Differences;

/// <summary>Addresses of the bridge, what is handed out from them, and routes.</summary>
internal static class AddressDifference
{
    public static void Compare(ChangeList changes, NetworkDefinition before, NetworkDefinition after)
    {
        changes.Entries(
            NetworkItem.Address,
            before.Ips,
            after.Ips,
            Key,
            ip => $"{Key(ip)}/{ip.EffectivePrefix}",
            (was, _) => was?.HasDhcp is true ? ChangeEffect.NeedsLeaseRenewal : ChangeEffect.Applied);
        CompareServed(changes, before, after);
        changes.Entries(
            NetworkItem.DhcpRange,
            before.Ips.SelectMany(ip => ip.Ranges),
            after.Ips.SelectMany(ip => ip.Ranges),
            range => $"{range.Start} {range.End}",
            range => ChangeList.Line(DhcpRangeXml.Format(range)),
            (was, _) => was is null ? ChangeEffect.Applied : ChangeEffect.NeedsLeaseRenewal);
        changes.Entries(
            NetworkItem.DhcpHost,
            before.Ips.SelectMany(ip => ip.Hosts),
            after.Ips.SelectMany(ip => ip.Hosts),
            Key,
            host => ChangeList.Line(DhcpHostXml.Format(host)),
            (_, _) => LeaseEffect.On(before));
        changes.Entries(
            NetworkItem.Route,
            before.Routes,
            after.Routes,
            route => $"{route.Address}/{route.EffectivePrefix} via {route.Gateway}"
                + (route.Metric > 0 ? $" metric {route.Metric}" : ""));
    }

    /// <summary>What else an address serves; its coming and going is told with the address.</summary>
    private static void CompareServed(ChangeList changes, NetworkDefinition before, NetworkDefinition after)
    {
        foreach ((IpDefinition? was, IpDefinition? ip) in ChangeList.Pairs(before.Ips, after.Ips, Key))
        {
            if (was is not null && ip is not null)
            {
                changes.Value(NetworkItem.LocalPtr, ChangeList.YesNo(was.LocalPtr), ChangeList.YesNo(ip.LocalPtr));
                changes.Value(NetworkItem.Tftp, was.TftpRoot, ip.TftpRoot);
                changes.Value(NetworkItem.BootFile, Text(was.Boot), Text(ip.Boot));
            }
        }
    }

    private static string Key(IpDefinition ip) => AddressText.Format(ip.Address);

    /// <summary>The client that a reservation is for; one that names none is known by its address.</summary>
    private static string Key(DhcpHost host) =>
        MacAddress.TryParse(host.Mac, out MacAddress mac) ? $"mac {mac}"
        : host.Id is { } id ? $"id {id}"
        : host.Name is { } name ? $"name {name}"
        : $"ip {host.Address}";

    private static string? Text(BootFile? boot) => boot is null ? null : ChangeList.Line(BootFileXml.Format(boot));
}
