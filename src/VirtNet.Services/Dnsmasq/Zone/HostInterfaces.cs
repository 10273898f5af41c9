using System.Net;
using System.Net.NetworkInformation;

namespace VirtNet.Services.Dnsmasq.Zone;

/// <summary>Interfaces of the host that lines name.</summary>
internal static class HostInterfaces
{
    /// <summary>The addresses that an interface has now, but for link-local ones; none if it is not there.</summary>
    public static IPAddress[] AddressesOf(string name)
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces().Where(one => one.Name == name)
                    .SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address).Where(address => !address.IsIPv6LinkLocal),
            ];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
