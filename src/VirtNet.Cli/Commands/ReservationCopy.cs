using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Xml.Linq;
using VirtNet.Cli.Properties;
using VirtNet.Model;
using VirtNet.Model.Updates;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>An address that only one guest gets.</summary>
internal sealed record Reservation(MacAddress Mac, IPAddress Address, string? Name);

/// <summary>The IPv4 reservations of a network as one of its two definitions has them: what runs, or what the next start uses.</summary>
internal sealed class ReservationCopy
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    private readonly XElement? _ip;
    private readonly int _index;

    private ReservationCopy(string xml, bool isLive)
    {
        IsLive = isLive;
        XElement[] ips = [.. XElement.Parse(xml).Elements("ip")];
        XElement[] ipv4 = [.. ips.Where(ip => SubnetMove.RangeOf(ip) is { BaseAddress.AddressFamily: AddressFamily.InterNetwork })];
        _ip = Array.Find(ipv4, ip => ip.Element("dhcp") is not null) ?? ipv4.FirstOrDefault();
        _index = _ip is null ? -1 : Array.IndexOf(ips, _ip);
    }

    public bool IsLive { get; }

    /// <summary>Null where the network gives no IPv4 addresses.</summary>
    public IPNetwork? Subnet => _ip is null ? null : SubnetMove.RangeOf(_ip);

    /// <summary>What is reserved.</summary>
    public IEnumerable<string> Addresses => Hosts.Select(host => (string?)host.Attribute("ip")).OfType<string>();

    private IEnumerable<XElement> Hosts => _ip?.Element("dhcp")?.Elements("host") ?? [];

    /// <summary>What runs first, if it does; then the definition, if there is one.</summary>
    public static async Task<IReadOnlyList<ReservationCopy>> ReadAsync(
        INetworkDriver driver, NetworkRef network, CancellationToken cancellationToken)
    {
        List<ReservationCopy> copies = [];
        if (await driver.IsActiveAsync(network, cancellationToken))
        {
            copies.Add(new ReservationCopy(await driver.GetXmlAsync(network, flags: 0, cancellationToken), isLive: true));
        }

        if (await driver.IsPersistentAsync(network, cancellationToken))
        {
            copies.Add(new ReservationCopy(await driver.GetXmlAsync(network, XmlFlags.Inactive, cancellationToken), isLive: false));
        }

        return copies.Count > 0 ? copies : throw VirtNetException.NoNetwork(network.Uuid, network.Name);
    }

    /// <summary>Brings all copies to it; those that need the same change get it together, or not at all.</summary>
    public static async Task UpdateAsync(
        INetworkDriver driver,
        NetworkRef network,
        IReadOnlyList<ReservationCopy> copies,
        Reservation wanted,
        bool remove,
        CancellationToken cancellationToken)
    {
        IEnumerable<IGrouping<NetworkUpdateRequest, ReservationCopy>> groups = copies
            .Select(copy => KeyValuePair.Create(copy.RequestFor(wanted, remove), copy))
            .Where(each => each.Key is not null)
            .GroupBy(each => each.Key!, each => each.Value);
        foreach (IGrouping<NetworkUpdateRequest, ReservationCopy> group in groups)
        {
            uint flags = group.Aggregate(0u, (sum, copy) => sum | (copy.IsLive ? AffectOptions.LiveFlag : AffectOptions.ConfigFlag));
            await driver.UpdateAsync(network, group.Key with { Flags = flags }, cancellationToken);
        }
    }

    /// <summary>Whether a guest's name can be a host's in DNS.</summary>
    public static bool CanBeName(string name) =>
        name.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    public Reservation? Find(MacAddress mac) => HostOf(mac) is { } host && IPAddress.TryParse((string?)host.Attribute("ip"), out IPAddress? address)
        ? new Reservation(mac, address, (string?)host.Attribute("name"))
        : null;

    /// <exception cref="CommandFailure">It is no IPv4 address.</exception>
    public static IPAddress Parse(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork && text.Split('.').Length == 4
            ? address
            : throw new CommandFailure($"'{text}' is not an IPv4 address");

    /// <summary>An update finds an entry by any of what it says: what another entry has would change that one.</summary>
    /// <exception cref="CommandFailure">No guest, or only another one, can have it.</exception>
    public void Check(Reservation wanted)
    {
        IPAddress address = wanted.Address;
        IPNetwork subnet = RequireSubnet();
        if (!IsForGuests(subnet, address))
        {
            throw new CommandFailure(
                $"{address} is no address that a guest can have: the network is {subnet}, and {(string?)_ip!.Attribute("address")} is its own");
        }

        XElement[] others = [.. Hosts.Where(host => !IsOf(host, wanted.Mac))];
        if (Array.Find(others, host => (string?)host.Attribute("ip") == address.ToString()) is { } owner)
        {
            throw new CommandFailure($"{address} is reserved for {(string?)owner.Attribute("mac") ?? (string?)owner.Attribute("name")}");
        }

        if (wanted.Name is { } name && Array.Find(others, host => (string?)host.Attribute("name") == name) is { } namesake)
        {
            throw new CommandFailure($"the name '{name}' is reserved for {(string?)namesake.Attribute("mac") ?? (string?)namesake.Attribute("ip")}");
        }
    }

    /// <summary>An address that nobody has and nobody else is to get: of the ranges, else of the subnet.</summary>
    /// <param name="taken">What is lent or reserved, here or in the other copy.</param>
    /// <exception cref="CommandFailure">There is none.</exception>
    public IPAddress FindFree(HashSet<string> taken)
    {
        IPNetwork subnet = RequireSubnet();
        foreach (DhcpRange range in Ranges(subnet))
        {
            // No more can be taken than are taken: one more look finds a free one.
            for (int offset = 0; offset <= taken.Count + 3; offset++)
            {
                IPAddress address = SubnetChoice.At(range.Start, offset);
                if (Model.Subnet.Distance(address, range.End) < 0)
                {
                    break;
                }

                if (IsForGuests(subnet, address) && !taken.Contains(address.ToString()))
                {
                    return address;
                }
            }
        }

        throw new CommandFailure($"no address of {subnet} is free");
    }

    private IEnumerable<DhcpRange> Ranges(IPNetwork subnet)
    {
        foreach (XElement range in _ip?.Element("dhcp")?.Elements("range") ?? [])
        {
            if (IPAddress.TryParse((string?)range.Attribute("start"), out IPAddress? start)
                && IPAddress.TryParse((string?)range.Attribute("end"), out IPAddress? end))
            {
                yield return new DhcpRange(start, end);
            }
        }

        yield return new DhcpRange(subnet.BaseAddress, Model.Subnet.Broadcast(subnet.BaseAddress, subnet.PrefixLength));
    }

    private bool IsForGuests(IPNetwork subnet, IPAddress address) =>
        subnet.Contains(address)
        && !address.Equals(subnet.BaseAddress)
        && !address.Equals(Model.Subnet.Broadcast(subnet.BaseAddress, subnet.PrefixLength))
        && address.ToString() != (string?)_ip!.Attribute("address");

    private IPNetwork RequireSubnet() => Subnet ?? throw new CommandFailure("the network gives no IPv4 addresses");

    /// <returns>Null where this copy is so already.</returns>
    private NetworkUpdateRequest? RequestFor(Reservation wanted, bool remove)
    {
        XElement? before = HostOf(wanted.Mac);
        if (remove)
        {
            return before is null ? null : Request(NetworkUpdateCommand.Delete, before); // with all that it has: less would also match others
        }

        XElement after = before is null ? new XElement("host") : new XElement(before);
        after.SetAttributeValue("mac", (string?)before?.Attribute("mac") ?? wanted.Mac.ToString());
        after.SetAttributeValue("name", wanted.Name);
        after.SetAttributeValue("ip", wanted.Address);
        return before is not null && XNode.DeepEquals(before, after)
            ? null
            : Request(before is null ? NetworkUpdateCommand.AddLast : NetworkUpdateCommand.Modify, after);
    }

    private NetworkUpdateRequest Request(NetworkUpdateCommand command, XElement host) =>
        new((uint)command, (uint)NetworkUpdateSection.IpDhcpHost, _index, host.ToString(SaveOptions.DisableFormatting), Flags: 0);

    private XElement? HostOf(MacAddress mac) => Hosts.FirstOrDefault(host => IsOf(host, mac));

    private static bool IsOf(XElement host, MacAddress mac) =>
        MacAddress.TryParse((string?)host.Attribute("mac"), out MacAddress other) && other == mac;
}
