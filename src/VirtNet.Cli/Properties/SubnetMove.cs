using System.Globalization;
using System.Net;
using System.Numerics;
using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Cli.Properties;

/// <summary>
/// Gives a subnet of a network other addresses. What lies inside keeps its place in it: the gateway, ranges, reservations, DNS hosts,
/// gateways of routes, servers among the guests, and what the extension in its metadata publishes and names.
/// </summary>
internal static class SubnetMove
{
    private static readonly XNamespace Extension = NetworkExtension.Namespace;

    /// <returns>Null for a subnet that has no valid prefix.</returns>
    public static IPNetwork? RangeOf(XElement ip)
    {
        if (!IPAddress.TryParse((string?)ip.Attribute("address"), out IPAddress? address))
        {
            return null;
        }

        IpDefinition definition = new(address)
        {
            Netmask = IPAddress.TryParse((string?)ip.Attribute("netmask"), out IPAddress? mask) ? mask : null,
            Prefix = uint.TryParse((string?)ip.Attribute("prefix"), NumberStyles.None, CultureInfo.InvariantCulture, out uint length) ? length : 0,
        };
        return definition.EffectivePrefix <= address.GetAddressBytes().Length * 8 ? definition.Network : null;
    }

    /// <exception cref="CommandFailure">Something does not fit into the new subnet; nothing was changed.</exception>
    public static void Apply(XElement network, XElement ip, SubnetChoice to)
    {
        if (RangeOf(ip) is not { } from)
        {
            throw new CommandFailure("the subnet that the network has is not valid");
        }

        List<KeyValuePair<XAttribute, IPAddress>> moves = [];
        foreach (XAttribute attribute in Addresses(network, ip))
        {
            if (IPAddress.TryParse(attribute.Value, out IPAddress? address) && from.Contains(address))
            {
                moves.Add(new(attribute, Moved(attribute, address, from, to)));
            }
        }

        foreach ((XAttribute attribute, IPAddress address) in moves)
        {
            attribute.Value = address.ToString();
        }

        ip.Attribute("netmask")?.Remove();
        ip.SetAttributeValue("prefix", to.Subnet.PrefixLength.ToString(CultureInfo.InvariantCulture));
    }

    private static IPAddress Moved(XAttribute attribute, IPAddress address, IPNetwork from, SubnetChoice to)
    {
        bool isGateway = attribute.Parent is { Name.LocalName: "ip" };
        if (isGateway && to.Gateway is { } gateway)
        {
            return gateway;
        }

        BigInteger size = BigInteger.One << ((to.IsIpv6 ? 128 : 32) - to.Subnet.PrefixLength);
        BigInteger oldSize = BigInteger.One << ((to.IsIpv6 ? 128 : 32) - from.PrefixLength);
        BigInteger offset = Subnet.Distance(from.BaseAddress, address);

        // The end of a range that reached to the end of the subnet does so again.
        if (attribute.Name == "end" && offset >= oldSize - 3 && !to.IsIpv6)
        {
            offset = size - (oldSize - offset);
        }

        return offset < size && (to.IsIpv6 || offset < size - 1)
            ? SubnetChoice.At(to.Subnet.BaseAddress, offset)
            : isGateway ? to.GatewayOrFirst
            : throw new CommandFailure($"{address} has no place in {to.Subnet}")
            {
                Hints = [$"it is in <{attribute.Parent!.Name.LocalName} {attribute.Name}=>"],
            };
    }

    private static IEnumerable<XAttribute> Addresses(XElement network, XElement ip)
    {
        IEnumerable<XElement> dhcp = ip.Elements("dhcp");
        IEnumerable<XElement> extension = network.Elements("metadata").Elements(Extension + "network");
        return ((IEnumerable<XAttribute?>)
        [
            ip.Attribute("address"),
            .. dhcp.Elements("range").SelectMany(range => (XAttribute?[])[range.Attribute("start"), range.Attribute("end")]),
            .. dhcp.Elements("host").Select(host => host.Attribute("ip")),
            .. dhcp.Elements("bootp").Select(boot => boot.Attribute("server")),
            .. network.Elements("dns").Elements("host").Select(host => host.Attribute("ip")),
            .. network.Elements("dns").Elements("forwarder").Select(forwarder => forwarder.Attribute("addr")),
            .. network.Elements("route").Select(route => route.Attribute("gateway")),
            .. extension.Elements().DescendantsAndSelf().Where(part => part.Name.Namespace == Extension).Select(part => part.Attribute("address")),
        ]).OfType<XAttribute>();
    }
}
