using System.Net;
using System.Xml.Linq;
using VirtNet.Cli.Properties;
using VirtNet.Model;

namespace VirtNet.Cli.Commands;

/// <summary>A network's definition, made of what net-new was told.</summary>
/// <param name="Mode">As <see cref="ForwardModes"/> spells it.</param>
/// <param name="DhcpRange">Null = no DHCP.</param>
internal sealed record NewNetwork(
    string Name,
    string Mode,
    string? Bridge,
    string? Uplink,
    string? Domain,
    uint Mtu,
    SubnetChoice? Subnet,
    DhcpRange? DhcpRange,
    SubnetChoice? Ipv6)
{
    private const uint SmallestMtu = 68;
    private const uint SmallestMtuOfIpv6 = 1280;
    private const uint LargestMtu = 65535;
    private const int LongestDomain = 253;

    /// <summary>What no start could do, half a sentence; null where that is not known. Names of networks are the daemon's to judge.</summary>
    public string? WhyImpossible() =>
        WhyNoInterface(Bridge) ?? WhyNoInterface(Uplink)
        ?? (Mtu is > 0 and (< SmallestMtu or > LargestMtu) ? $"MTU {Mtu} is not within {SmallestMtu} and {LargestMtu}"
            : Mtu is > 0 and < SmallestMtuOfIpv6 && Ipv6 is not null ? $"MTU {Mtu} is too small for IPv6: at least {SmallestMtuOfIpv6}"
            : Domain is not null && !IsDomain(Domain) ? $"'{Domain}' is no domain: labels of letters, digits and hyphens with dots between"
            : null);

    /// <summary>A template may have one number in it.</summary>
    private static string? WhyNoInterface(string? name) =>
        name is null ? null : InterfaceName.WhyImpossible(name.Replace("%d", "0", StringComparison.Ordinal));

    private static bool IsDomain(string domain) => domain.Length <= LongestDomain && domain.Split('.').All(label =>
        label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && label is not (['-', ..] or [.., '-']));

    public XElement ToXml()
    {
        XElement network = new("network", new XElement("name", Name));
        if (Mode != ForwardModes.Isolated)
        {
            network.Add(Forward());
        }

        if (Bridge is not null)
        {
            network.Add(new XElement("bridge", new XAttribute("name", Bridge)));
        }

        if (Mtu > 0)
        {
            network.Add(new XElement("mtu", new XAttribute("size", Mtu)));
        }

        if (Domain is not null)
        {
            network.Add(new XElement("domain", new XAttribute("name", Domain)));
        }

        network.Add(Subnet is null ? null : Ip(Subnet, DhcpRange));
        network.Add(Ipv6 is null ? null : Ip(Ipv6, range: null));
        return network;
    }

    /// <summary>All addresses of a subnet that guests can have: without its ends, and without the gateway where that is at one.</summary>
    public static DhcpRange WholeRange(SubnetChoice subnet)
    {
        IPAddress gateway = subnet.GatewayOrFirst;
        uint first = Model.Subnet.ToUInt32(subnet.Subnet.BaseAddress) + 1;
        uint last = Model.Subnet.ToUInt32(Model.Subnet.Broadcast(subnet.Subnet.BaseAddress, subnet.Subnet.PrefixLength)) - 1;
        uint own = Model.Subnet.ToUInt32(gateway);
        return new DhcpRange(
            Model.Subnet.FromUInt32(own == first && first < last ? first + 1 : first),
            Model.Subnet.FromUInt32(own == last && first < last ? last - 1 : last));
    }

    private XElement Forward()
    {
        bool isOwnIpv6 = Ipv6 is { Subnet.BaseAddress.IsIPv6UniqueLocal: true };
        return new XElement(
            "forward",
            new XAttribute("mode", Mode),
            Mode != ForwardModes.HostBridge && Uplink is not null ? new XAttribute("dev", Uplink) : null,
            Mode == ForwardModes.HostBridge && Uplink is not null ? new XElement("interface", new XAttribute("dev", Uplink)) : null,
            Mode == ForwardModes.Nat && isOwnIpv6 ? new XElement("nat", new XAttribute("ipv6", "yes")) : null); // nobody else knows the way to it
    }

    private static XElement Ip(SubnetChoice subnet, DhcpRange? range)
    {
        XElement ip = subnet.ToXml();
        ip.Add(range is null ? null : new XElement("dhcp", new XElement(
            "range", new XAttribute("start", range.Start), new XAttribute("end", range.End))));
        return ip;
    }
}
