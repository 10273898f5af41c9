using VirtNet.Model.Xml;

namespace VirtNet.Model.Updates;

/// <summary>
/// Section dns-srv. Entries are found by what is given of domain, service, protocol and target; the numbers do not count.
/// </summary>
internal static class DnsSrvUpdate
{
    public static NetworkDefinition Apply(UpdateRequest request)
    {
        if (request.Command is NetworkUpdateCommand.Modify)
        {
            throw VirtNetException.OperationUnsupported("DNS SRV records cannot be modified, only added or deleted");
        }

        request.Expect("srv");
        DnsDefinition dns = DnsUpdate.DnsOf(request);
        return DnsUpdate.With(request, dns with
        {
            Srvs = request.IsAdd
                ? Add(request, dns.Srvs, DnsSrvXml.Parse(request.Element, request.Network))
                : Delete(request, dns.Srvs, DnsSrvXml.ParsePartial(request.Element, request.Network)),
        });
    }

    private static ValueList<DnsSrv> Add(UpdateRequest request, ValueList<DnsSrv> srvs, DnsSrv srv)
    {
        DnsSrvPattern pattern = new(srv.Service, srv.Protocol, srv.Domain, srv.Target);
        return srvs.Any(entry => Matches(entry, pattern))
            ? throw VirtNetException.OperationInvalid(
                $"there is already at least one DNS SRV record matching all specified fields in network {request.Network}")
            : srvs.Adding(srv, request.AtFront);
    }

    private static ValueList<DnsSrv> Delete(UpdateRequest request, ValueList<DnsSrv> srvs, DnsSrvPattern pattern)
    {
        if (request.Command is not NetworkUpdateCommand.Delete)
        {
            throw request.UnknownCommand();
        }

        return srvs.Without(DnsUpdate.Single(
            srvs,
            entry => Matches(entry, pattern),
            none: $"couldn't locate a matching DNS SRV record in network {request.Network}",
            several: $"multiple DNS SRV records matching all specified fields were found in network {request.Network}"));
    }

    private static bool Matches(DnsSrv entry, DnsSrvPattern pattern) =>
        (pattern.Domain is null || pattern.Domain == entry.Domain)
        && (pattern.Service is null || pattern.Service == entry.Service)
        && (pattern.Protocol is null || pattern.Protocol == entry.Protocol)
        && (pattern.Target is null || pattern.Target == entry.Target);
}
