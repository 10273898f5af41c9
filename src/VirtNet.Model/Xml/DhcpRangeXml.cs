using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;range start= end=&gt;&lt;lease/&gt;&lt;/range&gt;</c> inside an <c>&lt;ip&gt;</c>.</summary>
internal static class DhcpRangeXml
{
    /// <param name="ip">The address that the range belongs to: it has to lie in that subnet.</param>
    public static DhcpRange Parse(XElement range, string network, IpDefinition ip)
    {
        IPAddress start = Bound(range, "start", network);
        IPAddress end = Bound(range, "end", network);
        AddressRangeRules.CheckInside(range, start, end, ip);
        return new DhcpRange(start, end, LeaseTimeXml.ParseChild(range));
    }

    public static XElement Format(DhcpRange range) => new("range",
        ElementWriting.Attribute("start", range.Start),
        ElementWriting.Attribute("end", range.End),
        range.Lease is { } lease ? LeaseTimeXml.Format(lease) : null);

    private static IPAddress Bound(XElement range, string attribute, string network) =>
        range.Attribute(attribute)?.Address()
        ?? throw range.XmlError($"Missing '{attribute}' attribute in dhcp range for network '{network}'");
}

/// <summary>
/// What libvirt asks of a range of addresses. All of it is reported as an internal error, for historical reasons.
/// </summary>
internal static class AddressRangeRules
{
    /// <summary>Addresses in one range at most; libvirt's text names the largest distance.</summary>
    private const int MaxSize = 65536;

    public static void CheckInside(XElement range, IPAddress start, IPAddress end, IpDefinition ip)
    {
        string bounds = Bounds(start, end);
        CheckFamily(range, start, end);
        string gateway = AddressText.Format(ip.Address);
        if (ip.Address.AddressFamily != start.AddressFamily)
        {
            throw Refused(range, $"mismatch of address family in range {bounds} for network {gateway}");
        }

        if (ip.EffectivePrefix is not { } prefix)
        {
            throw Refused(range, $"bad prefix -1 for network {gateway} when checking range {bounds}");
        }

        if (!Subnet.Contains(ip.Address, prefix, start) || !Subnet.Contains(ip.Address, prefix, end))
        {
            throw Refused(range, $"range {bounds} is not entirely within network {gateway}/{prefix}");
        }

        if (!ip.IsIpv6 && start.Equals(Subnet.NetworkAddress(ip.Address, prefix)))
        {
            throw Refused(range, $"start of range {bounds} in network {gateway}/{prefix} is the network address");
        }

        if (!ip.IsIpv6 && end.Equals(Subnet.Broadcast(ip.Address, prefix)))
        {
            throw Refused(range, $"end of range {bounds} in network {gateway}/{prefix} is the broadcast address");
        }

        CheckSize(range, start, end);
    }

    public static void CheckSize(XElement range, IPAddress start, IPAddress end)
    {
        CheckFamily(range, start, end);
        BigInteger distance = Subnet.Distance(start, end);
        if (start.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // IPv6 ranges may only differ in the last 16 bits, whatever their size.
            if (!Subnet.Contains(start, 112, end))
            {
                throw Refused(range, $"range {Bounds(start, end)} is too large (> {MaxSize - 1})");
            }

            if (distance < 0)
            {
                throw Refused(range, $"range {Bounds(start, end)} start larger than end");
            }
        }
        else if (distance < 0)
        {
            throw Refused(range, $"range {Bounds(start, end)} is reversed ");
        }
        else if (distance >= MaxSize)
        {
            throw Refused(range, $"range {Bounds(start, end)} is too large (> {MaxSize - 1})");
        }
    }

    private static void CheckFamily(XElement range, IPAddress start, IPAddress end)
    {
        if (start.AddressFamily != end.AddressFamily)
        {
            throw Refused(range, $"mismatch of address family in range {Bounds(start, end)}");
        }
    }

    private static string Bounds(IPAddress start, IPAddress end) =>
        $"{AddressText.Format(start)} - {AddressText.Format(end)}";

    private static VirtNetException Refused(XElement range, string detail) =>
        range.Internal(detail, VirErrorDomain.None);
}
