using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary><c>HOST</c>, <c>HOST:PORTS</c> and, for IPv6, <c>[ADDRESS]:PORTS</c>.</summary>
internal static class HostPort
{
    /// <param name="host">Without its brackets it would not be known for an IPv6 address: they are kept.</param>
    /// <param name="ports">Null where there is no colon behind the host.</param>
    public static bool TrySplit(string text, [NotNullWhen(true)] out string? host, out string? ports)
    {
        int colon = text.LastIndexOf(':');
        if (text.EndsWith(']') || colon < 0)
        {
            (host, ports) = (text, null);
        }
        else
        {
            (host, ports) = (text[..colon], text[(colon + 1)..]);
        }

        return host.Length > 0 && ports is not "" && (!host.Contains(':', StringComparison.Ordinal) || host is ['[', .., ']']);
    }

    /// <summary>All four parts of an IPv4 address; an IPv6 address with its brackets or without.</summary>
    public static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        bool isBracketed = text is ['[', .., ']'];
        return AddressText.TryParse(isBracketed ? text[1..^1] : text, out address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || (!isBracketed && text.Count(c => c == '.') == 3));
    }
}
