using VirtNet.Model.Xml;

namespace VirtNet.Model.Updates;

/// <summary>Section ip-dhcp-host: reservations.</summary>
internal static class DhcpHostUpdate
{
    public static NetworkDefinition Apply(UpdateRequest request)
    {
        request.Expect("host");
        DhcpParent parent = DhcpParent.Find(request);
        IpDefinition ip = parent.Ip;
        bool partial = request.Command is NetworkUpdateCommand.Delete;
        DhcpHost host = DhcpHostXml.Parse(request.Element, request.Network, ip.IsIpv6, partial);
        if (!partial && host.Address?.AddressFamily != ip.Address.AddressFamily)
        {
            throw VirtNetException.OperationInvalid(
                "the address family of a host entry IP must match the address family of the dhcp element's parent");
        }

        return parent.With(ip with
        {
            Hosts = request.Command switch
            {
                NetworkUpdateCommand.Modify => Modify(request, ip.Hosts, host),
                NetworkUpdateCommand.Delete => Delete(request, ip.Hosts, host),
                _ when request.IsAdd => Add(request, parent, host),
                _ => throw request.UnknownCommand(),
            },
        });
    }

    private static ValueList<DhcpHost> Modify(UpdateRequest request, ValueList<DhcpHost> hosts, DhcpHost host)
    {
        int found = hosts.IndexOf(entry => SharesAny(entry, host));
        return found >= 0
            ? hosts.Replacing(found, host)
            : throw VirtNetException.OperationInvalid(
                $"couldn't locate an existing dhcp host entry with \"mac='{host.Mac ?? "unknown"}'\" "
                + $"\"name='{host.Name ?? "(null)"}'\" \"ip='{AddressOf(host)}'\" in network '{request.Network}'");
    }

    private static ValueList<DhcpHost> Add(UpdateRequest request, DhcpParent parent, DhcpHost host)
    {
        parent.RefuseSecondDhcp();
        return parent.Ip.Hosts.IndexOf(entry => SharesAny(entry, host)) < 0
            ? parent.Ip.Hosts.Adding(host, request.AtFront)
            : throw VirtNetException.OperationInvalid(
                $"there is an existing dhcp host entry in network '{request.Network}' that matches "
                + $"\"<host mac='{host.Mac ?? "unknown"}' name='{host.Name ?? "(null)"}' ip='{AddressOf(host)}'/>\"");
    }

    private static ValueList<DhcpHost> Delete(UpdateRequest request, ValueList<DhcpHost> hosts, DhcpHost pattern)
    {
        int found = hosts.IndexOf(entry => MatchesAll(entry, pattern));
        return found >= 0
            ? hosts.Without(found)
            : throw VirtNetException.OperationInvalid(
                $"couldn't locate a matching dhcp host entry in network '{request.Network}'");
    }

    private static bool SharesAny(DhcpHost entry, DhcpHost host) =>
        (host.Mac is not null && entry.Mac is not null && SameMac(host.Mac, entry.Mac))
        || (host.Name is not null && host.Name == entry.Name)
        || (host.Address is not null && host.Address.Equals(entry.Address));

    /// <summary>An entry without a MAC is matched by any.</summary>
    private static bool MatchesAll(DhcpHost entry, DhcpHost pattern) =>
        (pattern.Mac is null || entry.Mac is null || SameMac(pattern.Mac, entry.Mac))
        && (pattern.Name is null || pattern.Name == entry.Name)
        && (pattern.Address is null || pattern.Address.Equals(entry.Address));

    private static bool SameMac(string one, string other) =>
        MacAddress.TryParse(one, out MacAddress first) && MacAddress.TryParse(other, out MacAddress second) && first == second;

    private static string AddressOf(DhcpHost host) => host.Address is { } address ? AddressText.Format(address) : "unknown";
}
