using VirtNet.Model.Xml;

namespace VirtNet.Model.Differences;

/// <summary>Names: the guests' domain, records, forwarders.</summary>
internal static class DnsDifference
{
    private static readonly DnsDefinition Unsaid = new();

    public static void Compare(ChangeList changes, NetworkDefinition before, NetworkDefinition after)
    {
        changes.Value(
            NetworkItem.Domain,
            Text(before.Domain),
            Text(after.Domain),
            LeaseEffect.On(before, before.Domain?.Name != after.Domain?.Name));
        DnsDefinition old = before.Dns ?? Unsaid;
        DnsDefinition wanted = after.Dns ?? Unsaid;

        // With DNS off, guests are not told of a name server; whether that is said or left out makes no difference.
        changes.Value(
            NetworkItem.DnsEnabled,
            ChangeList.YesNo(old.Enable ?? true),
            ChangeList.YesNo(wanted.Enable ?? true),
            LeaseEffect.On(before));
        changes.Value(
            NetworkItem.DnsPlainNames,
            ChangeList.YesNo(old.ForwardPlainNames ?? true),
            ChangeList.YesNo(wanted.ForwardPlainNames ?? true));
        changes.Entries(
            NetworkItem.DnsForwarder, old.Forwarders, wanted.Forwarders, entry => ChangeList.Line(DnsForwarderXml.Format(entry)));
        changes.Entries(
            NetworkItem.DnsHost,
            old.Hosts,
            wanted.Hosts,
            host => AddressText.Format(host.Address),
            host => ChangeList.Line(DnsHostXml.Format(host)),
            (_, _) => ChangeEffect.Applied);
        changes.Entries(
            NetworkItem.DnsTxt,
            old.Txts,
            wanted.Txts,
            txt => txt.Name,
            txt => ChangeList.Line(DnsTxtXml.Format(txt)),
            (_, _) => ChangeEffect.Applied);
        changes.Entries(NetworkItem.DnsSrv, old.Srvs, wanted.Srvs, srv => ChangeList.Line(DnsSrvXml.Format(srv)));
        changes.Entries(
            NetworkItem.DnsmasqOption,
            before.DnsmasqOptions,
            after.DnsmasqOptions,
            option => option,
            option => option,
            (was, now) => LeaseEffect.On(before, (was ?? now)!.StartsWith("dhcp-", StringComparison.Ordinal)));
    }

    private static string? Text(DomainName? domain) =>
        domain is null ? null : ChangeList.Line(DomainNameXml.Format(domain));
}
