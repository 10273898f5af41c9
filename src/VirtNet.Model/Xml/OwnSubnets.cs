using System.Net;

namespace VirtNet.Model.Xml;

/// <summary>
/// The subnets of a network's own addresses. A document may hold thousands of addresses and of routes: looking one up
/// costs as much as there are different prefix lengths, not addresses.
/// </summary>
internal sealed class OwnSubnets
{
    private readonly HashSet<(IPAddress Network, int Prefix)> _subnets = [];
    private readonly HashSet<int> _prefixes = [];

    public OwnSubnets(ValueList<IpDefinition> ips)
    {
        foreach (IpDefinition ip in ips)
        {
            if (ip.EffectivePrefix is { } prefix)
            {
                _subnets.Add((Subnet.NetworkAddress(ip.Address, prefix), prefix));
                _prefixes.Add(prefix);
            }
        }
    }

    public bool Contain(IPAddress address)
    {
        foreach (int prefix in _prefixes)
        {
            if (_subnets.Contains((Subnet.NetworkAddress(address, prefix), prefix)))
            {
                return true;
            }
        }

        return false;
    }
}
