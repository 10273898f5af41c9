using VirtNet.Model.Xml;

namespace VirtNet.Model.Updates;

/// <summary>Section dns-txt. Entries are found by name; only the value can be modified.</summary>
internal static class DnsTxtUpdate
{
    public static NetworkDefinition Apply(UpdateRequest request)
    {
        request.Expect("txt");
        DnsDefinition dns = DnsUpdate.DnsOf(request);
        return DnsUpdate.With(request, dns with
        {
            Txts = request.IsAdd
                ? Add(request, dns.Txts, DnsTxtXml.Parse(request.Element, request.Network))
                : Change(request, dns.Txts, DnsTxtXml.ParsePartial(request.Element, request.Network)),
        });
    }

    private static ValueList<DnsTxt> Add(UpdateRequest request, ValueList<DnsTxt> txts, DnsTxt txt) =>
        txts.Any(entry => entry.Name == txt.Name)
            ? throw VirtNetException.OperationInvalid(
                $"there is already a DNS TXT record with name '{txt.Name}' in network {request.Network}")
            : txts.Adding(txt, request.AtFront);

    private static ValueList<DnsTxt> Change(UpdateRequest request, ValueList<DnsTxt> txts, DnsTxtPattern pattern)
    {
        if (request.Command is not (NetworkUpdateCommand.Modify or NetworkUpdateCommand.Delete))
        {
            throw request.UnknownCommand();
        }

        int found = txts.IndexOf(entry => entry.Name == pattern.Name);
        if (found < 0)
        {
            throw VirtNetException.OperationInvalid(
                $"couldn't locate a matching DNS TXT record in network {request.Network}");
        }

        if (request.Command is NetworkUpdateCommand.Delete)
        {
            return txts.Without(found);
        }

        return pattern.Value is { } value
            ? txts.Replacing(found, new DnsTxt(pattern.Name, value))
            : throw VirtNetException.OperationInvalid(
                $"missing value of modifying DNS TXT record in network {request.Network}");
    }
}
