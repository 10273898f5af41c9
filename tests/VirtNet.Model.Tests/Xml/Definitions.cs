using System.Net;
using CsCheck;

namespace VirtNet.Model.Tests.Xml;

/// <summary>Random definitions that the parser accepts, in the form in which it gives them.</summary>
internal static class Definitions
{
    private static readonly Gen<string> Text =
        Gen.Char["abcXYZ019 -_.%&<>'\"/\\:;=é“漢\t\n"].Array[1, 12].Select(chars => new string(chars));

    private static readonly Gen<string> Word = Gen.Char["abcxyz019-_&<>'\"é"].Array[1, 8].Select(chars => "w" + new string(chars));

    private static readonly Gen<bool?> YesNo = OneOf<bool?>(null, true, false);

    private static readonly Gen<Guid> Uuid = Gen.Byte.Array[16].Select(bytes => new Guid(bytes));

    private static readonly Gen<MacAddress> Mac =
        Gen.Byte.Array[6].Select(octets => new MacAddress([(byte)(octets[0] & 0xfe), .. octets[1..]]));

    private static readonly Gen<IPAddress> Ipv4 = Gen.Byte.Array[4].Select(bytes => new IPAddress(bytes));

    private static readonly Gen<IPAddress> Ipv6 =
        OneOf<byte>(0, 0, 0, 1, 0xff).Array[16].Select(bytes => new IPAddress(bytes));

    private static readonly Gen<IPAddress> Address = Gen.OneOf(Ipv4, Ipv6);

    private static readonly Gen<LeaseTime?> Lease = Gen.OneOf(
        OneOf<LeaseTime?>(null, new LeaseTime(0, LeaseTimeUnit.Minutes)),
        Gen.Select(Gen.ULong[120, ulong.MaxValue], Gen.Enum<LeaseTimeUnit>(), LeaseTime? (expiry, unit) => new(expiry, unit)));

    private static readonly Gen<BandwidthLimit> Limit = Gen.Select(
        Gen.ULong[1, ulong.MaxValue], Gen.ULong, Gen.ULong, (average, peak, burst) => new BandwidthLimit(average, peak, Burst: burst));

    private static readonly Gen<Bandwidth> Bandwidth = Gen.Select(
        Limit, Optional(Limit), Gen.Bool,
        (one, other, swapped) => swapped ? new Bandwidth(other, one) : new Bandwidth(one, other));

    private static readonly Gen<Vlan> Vlan = Gen.Select(
        Gen.UShort[0, 4095].Array[1, 4], Gen.Int[-1, 3], Gen.Enum<VlanNativeMode>(), Gen.Bool,
        (ids, native, mode, trunk) => new Vlan(
            trunk || ids.Length > 1,
            ids.Select((id, index) => new VlanTag(id, index == native ? mode : null)).ToValueList()));

    private static readonly Gen<VirtualPort> VirtualPort = Gen.OneOf(
        Gen.Select(Optional(Gen.Byte), Optional(Gen.UInt[0, 0xffffff]), Optional(Gen.Byte), Optional(Uuid),
            (manager, type, version, instance) => new VirtualPort(VirtualPortType.Vepa8021Qbg)
            {
                ManagerId = manager,
                TypeId = type,
                TypeIdVersion = version,
                InstanceId = instance,
            }),
        Word.Select(profile => new VirtualPort(VirtualPortType.VnLink8021Qbh) { ProfileId = profile }),
        Gen.Select(Optional(Uuid), Word, (device, profile) =>
            new VirtualPort(VirtualPortType.OpenVSwitch) { InterfaceId = device, ProfileId = profile }),
        Uuid.Select(device => new VirtualPort(VirtualPortType.MidoNet) { InterfaceId = device }));

    private static readonly Gen<PortGroup> PortGroup = Gen.Select(
        Word, Gen.Bool, YesNo, Optional(Vlan), Optional(VirtualPort), Optional(Bandwidth),
        (name, first, trust, vlan, port, bandwidth) => new PortGroup(name)
        {
            IsDefault = first,
            TrustGuestRxFilters = trust,
            Vlan = vlan,
            VirtualPort = port,
            Bandwidth = bandwidth,
        });

    /// <summary>Records are one line.</summary>
    private static readonly Gen<string> Line = Text.Select(text => text.Replace('\n', ' '));

    private static readonly Gen<DnsDefinition> Dns = Gen.Select(
        YesNo,
        Gen.Select(Optional(Address), Text, Gen.UShort, (address, domain, port) => new DnsForwarder(address, domain, address is null ? (ushort)0 : port)).Array[0, 3],
        Gen.Select(Word, Line, (name, value) => new DnsTxt(name, value)).Array[0, 3],
        Gen.Select(OneOf("ldap", "_x+/*", ""), OneOf("tcp", ""), Optional(Line), Line, Gen.UShort, Gen.UShort,
            (service, protocol, domain, target, port, weight) =>
                new DnsSrv(service, protocol, domain, target, port, Priority: port, weight)).Array[0, 3],
        Gen.Select(Address, Text.Array[1, 3], (address, names) => new DnsHost(address, names.ToValueList())).Array[0, 3],
        (plain, forwarders, txts, srvs, hosts) => new DnsDefinition
        {
            Enable = true,
            ForwardPlainNames = plain,
            Forwarders = forwarders.ToValueList(),
            Txts = txts.ToValueList(),
            Srvs = srvs.ToValueList(),
            Hosts = hosts.ToValueList(),
        });

    private static readonly Gen<IpDefinition> IpV4 = Gen.Select(
        Gen.Byte, YesNo, Optional(Text),
        Gen.Select(Gen.UShort[1, 0xfff0], Gen.UShort[0, 14], Lease).Array[0, 3],
        Gen.Select(Mac, Optional(Word), Address, Lease).Array[0, 3],
        Gen.Select(Text, Optional(Address)),
        (subnet, ptr, tftp, ranges, hosts, boot) => new IpDefinition(IPAddress.Parse($"10.{subnet}.0.1"))
        {
            Family = ptr is null ? null : "ipv4",
            Prefix = ptr is null ? 0u : 16,
            Netmask = ptr is null ? IPAddress.Parse("255.255.0.0") : null,
            LocalPtr = ptr,
            TftpRoot = tftp,
            Ranges = ranges.Select(range => new DhcpRange(
                Subnet.FromUInt32((uint)((10 << 24) | (subnet << 16) | range.Item1)),
                Subnet.FromUInt32((uint)((10 << 24) | (subnet << 16) | (range.Item1 + range.Item2))),
                range.Item3)).ToValueList(),
            Hosts = hosts.Select(host =>
                new DhcpHost(host.Item1.ToString().ToUpperInvariant(), "0:1", host.Item2, host.Item3, host.Item4)).ToValueList(),
            Boot = ranges.Length > 0 ? new BootFile(boot.Item1, boot.Item2) : null,
        });

    private static readonly Gen<IpDefinition> IpV6 = Gen.Select(
        Gen.Byte, Gen.UShort[1, 0xff00], Gen.UShort[0, 0xff], Word,
        (subnet, start, size, name) => new IpDefinition(IPAddress.Parse($"2001:db8:{subnet:x}::1"))
        {
            Family = "ipv6",
            Prefix = 64,
            Ranges = [new DhcpRange(
                IPAddress.Parse($"2001:db8:{subnet:x}::{start:x}"), IPAddress.Parse($"2001:db8:{subnet:x}::{start + size:x}"))],
            Hosts = [new DhcpHost(null, null, name, IPAddress.Parse("2001:db8::5"))],
        });

    private static readonly Gen<Forward> Owning = Gen.OneOf(
        Gen.Const(Forward.None),
        Gen.Const(new Forward(ForwardMode.Open)),
        Word.Select(device => new Forward(ForwardMode.Route) { Interfaces = [device] }),
        Gen.Select(YesNo, Ipv4, Gen.UShort[1, ushort.MaxValue], (ipv6, address, port) => new Forward(ForwardMode.Nat)
        {
            Nat = new NatOptions { Ipv6 = ipv6, Addresses = new(address, address), Ports = new(port, port) },
        }));

    private static readonly Gen<Forward> Borrowing = Gen.OneOf(
        Gen.Const(new Forward(ForwardMode.Bridge)),
        Gen.Select(OneOf(ForwardMode.Private, ForwardMode.Vepa, ForwardMode.Passthrough), Text.Array[1, 3],
            (mode, devices) => new Forward(mode) { Interfaces = devices.Distinct().ToValueList() }),
        Gen.Select(Gen.Bool, Gen.UInt[0, 0xffff], Gen.UInt[0, 7], (managed, domain, function) => new Forward(ForwardMode.Hostdev)
        {
            Managed = managed,
            Driver = new ForwardDriver("vfio", "m & m"),
            Addresses = [new PciAddress(domain, 0xff, 0x1f, function)],
        }),
        Text.Select(function => new Forward(ForwardMode.Hostdev) { PhysicalFunction = function }));

    private static readonly Gen<NetworkDefinition> General = Gen.Select(
        Word, Uuid, Optional(Word), Optional(Text), YesNo, Optional(VirtualPort), PortGroup.Array[0, 2], Optional(Vlan),
        (name, uuid, title, description, trust, port, groups, vlan) => new NetworkDefinition
        {
            Name = name,
            Uuid = uuid,
            Title = title,
            Description = description,
            TrustGuestRxFilters = trust,
            GuestIpv6 = trust is true,
            PortIsolated = trust,
            VirtualPort = port,
            PortGroups = groups.ToValueList(),
            Vlan = vlan,
            DnsmasqOptions = groups.Select(group => group.Name).ToValueList(),
            Metadata = title is null ? null : new NetworkMetadata([new MetadataElement("urn:a", "<a:b xmlns:a=\"urn:a\"/>")]),
        });

    public static Gen<NetworkDefinition> Any { get; } = Gen.OneOf(
        Gen.Select(General, Owning, Gen.OneOf(IpV4, IpV6).Array[1, 3], Optional(Dns), Optional(Bandwidth), Mac, Gen.UInt, Text,
            (general, forward, ips, dns, bandwidth, mac, number, text) => general with
            {
                Forward = forward,
                Ips = ips.ToValueList(),
                Dns = dns,
                Bandwidth = bandwidth,
                Mac = mac,
                Mtu = number,
                Domain = new DomainName(text, LocalOnly: true, Register: number % 2 == 0),
                Bridge = new Bridge { Name = text, Zone = text, Stp = number % 2 == 0, StpGiven = true, Delay = number },
                Routes = [RouteBy(ips[0])],
            }),
        Gen.Select(General, Borrowing, Text, (general, forward, text) => general with
        {
            Forward = forward,
            Bridge = forward == new Forward(ForwardMode.Bridge)
                ? new Bridge { Name = text, MacTableManager = MacTableManager.Libvirt }
                : null,
        }));

    private static RouteDefinition RouteBy(IpDefinition ip) => ip.IsIpv6
        ? new RouteDefinition(IPAddress.Parse("2001:db9::"), ip.Address) { Family = "ipv6", Prefix = 32, Metric = 7 }
        : new RouteDefinition(IPAddress.Parse("172.16.0.0"), ip.Address) { Netmask = IPAddress.Parse("255.240.0.0") };

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<T?> Optional<T>(Gen<T> gen, T? none = null)
        where T : class =>
        Gen.Select(gen, Gen.Bool, (value, given) => given ? value : none);

    private static Gen<T?> Optional<T>(Gen<T> gen)
        where T : struct =>
        Gen.Select(gen, Gen.Bool, T? (value, given) => given ? value : null);
}
