using System.Net;
using VirtNet.Fuzz.Engine;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Fuzz.Host;

/// <summary>A datagram of netlink messages, each read as everything that the daemon listens for.</summary>
internal sealed class NetlinkTarget : FuzzTarget
{
    public override string Name => "netlink";

    public override IEnumerable<byte[]> Seeds =>
    [
        Message((ref writer) => AddressMessage.Write(
            ref writer, NetlinkType.NewAddress, NetlinkFlags.Create,
            new AddressMessage(3, IPAddress.Parse("192.168.122.1"), 24) { Broadcast = IPAddress.Parse("192.168.122.255") })),
        Message((ref writer) => AddressMessage.Write(
            ref writer, NetlinkType.NewAddress, NetlinkFlags.Create, new AddressMessage(3, IPAddress.Parse("fd00::1"), 64))),
        Message((ref writer) => RouteMessage.Write(
            ref writer, NetlinkType.NewRoute, NetlinkFlags.Create,
            new RouteMessage(IPAddress.Parse("10.9.0.0"), 16, 5) { Gateway = IPAddress.Parse("192.168.122.9"), Metric = 7 })),
        Message((ref writer) => LinkRequests.WriteUp(ref writer, "virbr0", up: true)),
        Message((ref writer) => TrafficControlMessage.WriteGet(
            ref writer, NetlinkType.NewAddress, NetlinkFlags.Dump, link: 4, parent: 0)),
        Octets.OfHex("60000000 1000 0000 00000000 00000000 07000100 05000000 03100000 ffffffff 0b000300 76697262723000 00 08000400 dc050000"
            + "0a000100 525400000001 0000 24001200 0b000100 62726964676500 00 14000200 08000100 c8000000 08000500 01000000"),
        Octets.OfHex("28000000 02050000 00000000 00000000 02000000 08000100 ffffffff 08000200 00000000"),
        Octets.OfHex("24000000 080a0000 00000000 00000000 01000000 0c000100 766972746e6574 00"),
    ];

    public override IReadOnlyList<byte[]> Words => [[4, 0], [8, 0, 1, 0], [0, 0], [3, 0], [0xff, 0xff], [18, 0], [18, 0x80], [20, 0, 3, 0], [6, 0, 1, 0, 1, 0]];

    // Records with names, addresses and port switches: few octets of an attribute make an object of many.
    public override long AllocationBound(int length) => 4096 + (256 * length);

    private delegate void Writing(ref NetlinkWriter writer);

    public override void Decode(ReadOnlySpan<byte> input)
    {
        foreach (NetlinkMessage message in new NetlinkMessages(input))
        {
            _ = message.Errno;
            _ = AddressMessage.TryParse(message);
            _ = RouteMessage.TryParse(message);
            _ = LinkMessage.TryParse(message);
            _ = TrafficControlMessage.TryParse(message)?.Burst;
            _ = ForwardingMessage.LinkThatStopped(message);
            _ = NfTablesMessage.TryParse(message);
            _ = NfTablesMessage.KeysOf(message);
        }
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        foreach (NetlinkMessage message in new NetlinkMessages(input))
        {
            if (AddressMessage.TryParse(message) is { } address)
            {
                byte[] written = Message((ref writer) => AddressMessage.Write(ref writer, NetlinkType.NewAddress, NetlinkFlags.Create, address));
                NetlinkMessages again = new(written);
                Require.That(again.MoveNext(), "a message that was written is there");
                Require.Equal(address, AddressMessage.TryParse(again.Current), "an address reads as it was written");
            }
        }
    }

    private static byte[] Message(Writing write)
    {
        NetlinkWriter writer = new(stackalloc byte[512]);
        write(ref writer);
        return writer.Written.ToArray();
    }
}
