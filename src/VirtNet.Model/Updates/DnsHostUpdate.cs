using VirtNet.Model.Xml;

namespace VirtNet.Model.Updates;

/// <summary>Section dns-host. Entries are found by address; to delete one, any of its names is enough.</summary>
internal static class DnsHostUpdate
{
    public static NetworkDefinition Apply(UpdateRequest request)
    {
        request.Expect("host");
        DnsDefinition dns = DnsUpdate.DnsOf(request);
        return DnsUpdate.With(request, dns with
        {
            Hosts = request.IsAdd
                ? Add(request, dns.Hosts, DnsHostXml.Parse(request.Element, request.Network))
                : Change(request, dns.Hosts, DnsHostXml.ParsePartial(request.Element, request.Network)),
        });
    }

    private static ValueList<DnsHost> Add(UpdateRequest request, ValueList<DnsHost> hosts, DnsHost host) =>
        hosts.Any(entry => entry.Address.Equals(host.Address))
            ? throw VirtNetException.OperationInvalid(
                $"there is already at least one DNS HOST record with a matching field in network {request.Network}")
            : hosts.Adding(host, request.AtFront);

    private static ValueList<DnsHost> Change(UpdateRequest request, ValueList<DnsHost> hosts, DnsHostPattern pattern)
    {
        switch (request.Command)
        {
            case NetworkUpdateCommand.Modify:
                int modified = Find(request, hosts, entry => entry.Address.Equals(pattern.Address));
                return hosts.Replacing(modified, pattern.Complete(request.Network));

            case NetworkUpdateCommand.Delete:
                return hosts.Without(Find(
                    request, hosts, entry => entry.Address.Equals(pattern.Address) || entry.Names.Any(pattern.Names.Contains)));

            default:
                throw request.UnknownCommand();
        }
    }

    private static int Find(UpdateRequest request, ValueList<DnsHost> hosts, Predicate<DnsHost> match) => DnsUpdate.Single(
        hosts,
        match,
        none: $"couldn't locate a matching DNS HOST record in network {request.Network}",
        several: $"multiple matching DNS HOST records were found in network {request.Network}");
}
