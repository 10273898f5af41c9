using System.Net;
using System.Net.Sockets;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary>Where a publication listens, in a word: <c>ADDRESS:PORTS/PROTOCOL</c>, of which everything but one may be missing.</summary>
public static class ListenText
{
    public static string Format(Publication publication)
    {
        string address = publication.Address is { } given ? AddressText.Format(given) : "";
        if (publication.Protocol is not { } protocol)
        {
            return address;
        }

        string host = publication.Address is null ? ""
            : publication.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]:" : $"{address}:";
        return $"{host}{PortRange.Format(publication.Ports)}{(protocol == PublishedProtocol.Tcp ? "" : $"/{protocol.Name()}")}";
    }

    /// <summary>Reads <c>PORTS</c>, <c>PORTS/udp</c>, <c>ADDRESS:PORTS</c>, <c>[V6]:PORTS</c>, or an address alone.</summary>
    /// <returns>The publication with nothing but where it listens; null for another text.</returns>
    public static Publication? Parse(string text)
    {
        if (HostPort.TryParseAddress(text, out IPAddress? whole))
        {
            return new Publication { Address = whole };
        }

        int slash = text.IndexOf('/');
        PublishedProtocol? protocol = slash < 0 ? PublishedProtocol.Tcp : PublishedProtocols.Find(text[(slash + 1)..]);
        if (protocol is null || !HostPort.TrySplit(slash < 0 ? text : text[..slash], out string? host, out string? ports))
        {
            return null;
        }

        (host, ports) = ports is null ? (null, host) : (host, ports);
        IPAddress? address = null;
        return (host is null || HostPort.TryParseAddress(host, out address)) && PortRange.TryParseList(ports, out ValueList<PortRange> ranges)
            ? new Publication { Address = address, Protocol = protocol, Ports = ranges }
            : null;
    }
}
