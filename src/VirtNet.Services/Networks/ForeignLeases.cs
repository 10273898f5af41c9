using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;

namespace VirtNet.Services.Networks;

/// <summary>What leases that another server gave must be like before they are recorded: whoever brings them may be mistaken.</summary>
internal static class ForeignLeases
{
    private const int MaxClientId = 255; // octets: option 61 has one for its length (RFC 2132, 9.14)

    /// <exception cref="VirtNetException">One of them cannot be a lease of this network; it is named.</exception>
    public static void Check(NetworkDefinition network, IReadOnlyList<Lease> leases)
    {
        foreach (Lease lease in leases)
        {
            if (Objection(network, lease) is { } reason)
            {
                throw VirtNetException.InvalidArgument($"lease of {lease.Address}: {reason}");
            }
        }
    }

    /// <returns>The DUID in its normal form.</returns>
    /// <exception cref="VirtNetException">It cannot be one.</exception>
    public static string CheckedDuid(string text) =>
        Duid.Normalize(text) ?? throw VirtNetException.InvalidArgument($"'{text}' is not a DUID");

    /// <summary>Why it cannot be a lease of this network; null = it can.</summary>
    public static string? Objection(NetworkDefinition network, Lease lease) => lease switch
    {
        _ when !network.Ips.Any(ip => ip.Network is { } subnet && subnet.Contains(lease.Address)) =>
            $"it is in no subnet of network '{network.Name}'",
        _ when network.Ips.Any(ip => lease.Address.Equals(ip.Address)) => "it is the network's own address",
        { Mac: null } => "it has no MAC address",
        { Address.AddressFamily: AddressFamily.InterNetwork, Iaid: not null } => "IPv4 has no IAID",
        { Address.AddressFamily: AddressFamily.InterNetworkV6, Iaid: null } => "it has no IAID",
        { Address.AddressFamily: AddressFamily.InterNetworkV6, ClientId: var duid } when duid is null || Duid.Normalize(duid) != duid =>
            $"'{duid}' is not a client's DUID in lower case",
        { ClientId: { } id } when !IsOctets(id) => $"'{id}' is not a client's identifier: octets in lower case, joined by colons",
        { HostName: { } name } when !HostNames.TryRead(name, out string? label) || label != name => $"'{name}' is not a guest's name",
        _ => null,
    };

    private static bool IsOctets(string text) =>
        text.Length <= (3 * MaxClientId) - 1
        && text.Split(':').All(octet => octet.Length == 2 && octet.All(char.IsAsciiHexDigitLower));
}
