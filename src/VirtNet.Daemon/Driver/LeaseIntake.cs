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
        ReadAddress(lease.IpAddress),
        lease.Mac is null ? null : MacAddress.TryParse(lease.Mac, out MacAddress mac) && !mac.IsMulticast
            ? mac
            : throw new VirtNetException(VirErrorCode.InvalidMac, $"invalid MAC address: {lease.Mac}"),
        lease.ClientId,
        lease.Iaid is null ? null : ReadIaid(lease.Iaid),
        lease.Hostname,
        ReadEnd(lease.IpAddress, lease.ExpiryTime));

    /// <summary>What another host has; null where that does not say what a lease says, which must not keep the rest from being known.</summary>
    public static HeldLease? TryRead(Guid network, SharedLease lease)
    {
        try
        {
            return new HeldLease(Read(network, lease.Lease), lease.Host)
            {
                Replaces = lease.Replaces is { } end ? new Replaced(ReadEnd(lease.Lease.IpAddress, end)) : null,
            };
        }
        catch (VirtNetException)
        {
            return null;
        }
    }

    /// <exception cref="VirtNetException">It is none.</exception>
    public static IPAddress ReadAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) ? address : throw VirtNetException.InvalidArgument($"'{text}' is not an IP address");

    private static DateTimeOffset? ReadEnd(string address, long end) => end switch
    {
        0 => null,
        _ when end < 0 || end > LastSecond => throw VirtNetException.InvalidArgument($"lease of {address}: {end} is no end of a lease"),
        _ => DateTimeOffset.FromUnixTimeSeconds(end),
    };

    private static Dhcp6IaId ReadIaid(string text) =>
        uint.TryParse(text.StartsWith('T') ? text[1..] : text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? new Dhcp6IaId(number, IsTemporary: text.StartsWith('T'))
            : throw VirtNetException.InvalidArgument($"'{text}' is not an IAID");
}
