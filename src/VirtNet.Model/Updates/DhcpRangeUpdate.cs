using VirtNet.Model.Xml;

namespace VirtNet.Model.Updates;

/// <summary>Section ip-dhcp-range. An entry is found by both its ends; it has nothing else that could be modified.</summary>
internal static class DhcpRangeUpdate
{
    public static NetworkDefinition Apply(UpdateRequest request)
    {
        request.Expect("range");
        DhcpParent parent = DhcpParent.Find(request);
        if (request.Command is NetworkUpdateCommand.Modify)
        {
            throw VirtNetException.OperationUnsupported("dhcp ranges cannot be modified, only added or deleted");
        }

        IpDefinition ip = parent.Ip;
        DhcpRange range = DhcpRangeXml.Parse(request.Element, request.Network, ip);
        int found = ip.Ranges.IndexOf(entry => entry.Start.Equals(range.Start) && entry.End.Equals(range.End));
        return parent.With(ip with
        {
            Ranges = request.Command switch
            {
                NetworkUpdateCommand.Delete => Delete(request, ip.Ranges, found),
                _ when request.IsAdd => Add(request, parent, range, found),
                _ => throw request.UnknownCommand(),
            },
        });
    }

    private static ValueList<DhcpRange> Add(UpdateRequest request, DhcpParent parent, DhcpRange range, int found)
    {
        parent.RefuseSecondDhcp();
        return found < 0
            ? parent.Ip.Ranges.Adding(range, request.AtFront)
            : throw VirtNetException.OperationInvalid(
                $"there is an existing dhcp range entry in network '{request.Network}' that matches "
                + $"\"<range start='{AddressText.Format(range.Start)}' end='{AddressText.Format(range.End)}'/>\"");
    }

    private static ValueList<DhcpRange> Delete(UpdateRequest request, ValueList<DhcpRange> ranges, int found) => found >= 0
        ? ranges.Without(found)
        : throw VirtNetException.OperationInvalid(
            $"couldn't locate a matching dhcp range entry in network '{request.Network}'");
}
