using System.Net;
using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>Addresses in options that stand for one of the bridge's own, as dnsmasq reads them.</summary>
internal static class OwnIpv6
{
    private static readonly IPAddress UniqueLocal = IPAddress.Parse("fd00::");

    /// <summary>Stands for the link-local address, which only the running host knows.</summary>
    public static IPAddress LinkLocal { get; } = IPAddress.Parse("fe80::");

    /// <param name="octets">Of any number of addresses.</param>
    /// <param name="global">What :: stands for.</param>
    /// <returns>Without those that stand for a unique local address where there is none.</returns>
    public static IEnumerable<IPAddress> Fill(ValueList<byte> octets, ValueList<IpDefinition> ips, IPAddress? global)
    {
        foreach (byte[] one in octets.Chunk(16).Where(one => one.Length == 16))
        {
            IPAddress address = new(one);
            IPAddress? meant = address.Equals(IPAddress.IPv6Any) ? global
                : address.Equals(UniqueLocal) ? ips.FirstOrDefault(ip => ip.Address.IsIPv6UniqueLocal)?.Address
                : address;
            if (meant is not null)
            {
                yield return meant;
            }
        }
    }
}
