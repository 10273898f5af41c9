using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Sockets;

/// <summary>Addresses as most configuration writes them.</summary>
internal static class PlainAddress
{
    /// <summary>An address of either kind as inet_pton(3) reads it: no zone, no brackets, no zeros in front, all four numbers.</summary>
    public static IPAddress? TryParse(string word) =>
        word.All(c => char.IsAsciiHexDigit(c) || c is '.' or ':') && IPAddress.TryParse(word, out IPAddress? address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == word) ? address : null;
}
