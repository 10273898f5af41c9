using System.Globalization;
using System.Net;
using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Daemon.Driver;

/// <summary>Reads the leases that a client hands over.</summary>
internal static class LeaseIntake
{
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <exception cref="VirtNetException">It does not say what a lease says.</exception>
    public static Lease Read(Guid network, DhcpLease lease) => new(
        network,
        IPAddress.TryParse(lease.IpAddress, out IPAddress? address)
            ? address
            : throw VirtNetException.InvalidArgument($"'{lease.IpAddress}' is not an IP address"),
        lease.Mac is null ? null : MacAddress.TryParse(lease.Mac, out MacAddress mac) && !mac.IsMulticast
            ? mac
            : throw new VirtNetException(VirErrorCode.InvalidMac, $"invalid MAC address: {lease.Mac}"),
        lease.ClientId,
        lease.Iaid is null ? null : ReadIaid(lease.Iaid),
        lease.Hostname,
        lease.ExpiryTime switch
        {
            0 => null,
            _ when lease.ExpiryTime < 0 || lease.ExpiryTime > LastSecond =>
                throw VirtNetException.InvalidArgument($"lease of {lease.IpAddress}: {lease.ExpiryTime} is no end of a lease"),
            _ => DateTimeOffset.FromUnixTimeSeconds(lease.ExpiryTime),
        });

    private static Dhcp6IaId ReadIaid(string text) =>
        uint.TryParse(text.StartsWith('T') ? text[1..] : text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? new Dhcp6IaId(number, IsTemporary: text.StartsWith('T'))
            : throw VirtNetException.InvalidArgument($"'{text}' is not an IAID");
}
