using System.Net;
using CsCheck;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Netlink;

public class NetlinkCodecTests
{
    [Fact]
    public void A_batch_is_messages_one_after_the_other_numbered_from_one()
    {
        NetlinkWriter writer = new(stackalloc byte[256]);
        LinkRequests.WriteUp(ref writer, "virbr0", up: true);
        LinkRequests.WriteDelete(ref writer, index: 7);

        List<string> messages = [];
        foreach (NetlinkMessage message in new NetlinkMessages(writer.Written))
        {
            messages.Add($"{message.Sequence} {message.Type} {message.Flags} {message.Payload.Length}");
        }

        Assert.Equal(["1 NewLink Request, Acknowledge 28", "2 DeleteLink Request, Acknowledge 16"], messages);
    }

    [Fact]
    public void A_message_has_the_layout_of_the_kernel()
    {
        NetlinkWriter writer = new(stackalloc byte[256]);
        AddressMessage.Write(
            ref writer,
            NetlinkType.NewAddress,
            NetlinkFlags.Create | NetlinkFlags.Exclusive,
            new AddressMessage(3, IPAddress.Parse("192.168.122.1"), 24) { Broadcast = IPAddress.Parse("192.168.122.255") });

        // as `ip addr add 192.168.122.1/24 broadcast 192.168.122.255` sends it, but for the sequence number
        Assert.Equal(
            "30000000" + "1400" + "0506" + "01000000" + "00000000"
            + "02" + "18" + "00" + "00" + "03000000"
            + "08000200" + "C0A87A01" + "08000100" + "C0A87A01" + "08000400" + "C0A87AFF",
            Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Addresses_and_routes_are_read_as_they_were_written()
    {
        AddressMessage address = new(3, IPAddress.Parse("fd00::1"), 64);
        RouteMessage route = new(IPAddress.Parse("10.9.0.0"), 16, 5)
        {
            Gateway = IPAddress.Parse("192.168.122.9"),
            Metric = 7,
        };
        NetlinkWriter writer = new(stackalloc byte[256]);
        AddressMessage.Write(ref writer, NetlinkType.NewAddress, NetlinkFlags.Create, address);
        RouteMessage.Write(ref writer, NetlinkType.NewRoute, NetlinkFlags.Create, route);

        NetlinkMessages messages = new(writer.Written);
        Assert.True(messages.MoveNext());
        Assert.Equal(address, AddressMessage.TryParse(messages.Current));
        Assert.True(messages.MoveNext());
        Assert.Equal(route, RouteMessage.TryParse(messages.Current));
        Assert.False(messages.MoveNext());
    }

    /// <summary>With a group and another type, older kernels would change every link of the group where none has the name.</summary>
    [Fact]
    public void A_mark_is_set_on_one_link_or_none()
    {
        NetlinkWriter writer = new(stackalloc byte[256]);
        LinkRequests.WriteAlias(ref writer, "virbr0", "virtnet:x");
        NetlinkMessages messages = new(writer.Written);
        Assert.True(messages.MoveNext());
        Assert.Equal(NetlinkType.SetLink, messages.Current.Type);
        Assert.Equal(("virbr0", "virtnet:x", 0u), LinkMessage.TryParse(messages.Current) is { } link ? (link.Name, link.Alias, link.Group) : default);
    }

    [Fact]
    public void A_link_is_read_as_it_was_written()
    {
        NetlinkWriter writer = new(stackalloc byte[256]);
        LinkRequests.WriteCreateBridge(ref writer, "virbr0", MacAddress.Parse("52:54:00:11:22:33"), group: 7);
        LinkRequests.WriteBridgeOptions(ref writer, "virbr0", forwardDelay: 200, stp: true, vlanFiltering: true);

        NetlinkMessages messages = new(writer.Written);
        Assert.True(messages.MoveNext());
        LinkMessage created = LinkMessage.TryParse(messages.Current)!;
        Assert.Equal(("virbr0", "bridge", "52:54:00:11:22:33", 7u), (created.Name, created.Kind, created.Mac.ToString(), created.Group));
        Assert.True(messages.MoveNext());
        Assert.Equal(new BridgeOptions(200, BridgeOptions.KernelStp, VlanFiltering: true), LinkMessage.TryParse(messages.Current)!.Bridge);
    }

    [Fact]
    public void A_port_state_is_read_as_it_was_written()
    {
        NetlinkWriter writer = new(stackalloc byte[256]);
        LinkRequests.WritePortState(ref writer, port: 4, PortState.Forwarding);
        NetlinkMessages messages = new(writer.Written);
        Assert.True(messages.MoveNext());
        LinkMessage port = LinkMessage.TryParse(messages.Current)!;
        Assert.Equal((4, PortState.Forwarding), (port.Index, port.Port!.State));
    }

    [Fact]
    public void What_does_not_fit_is_noticed()
    {
        NetlinkWriter writer = new(stackalloc byte[40]);
        LinkRequests.WriteUp(ref writer, "virbr0", up: true);
        Assert.True(writer.Overflowed);
    }

    [Fact]
    public void No_datagram_makes_the_parsers_fail() => Gen.Byte.Array[0, 200].Sample(ReadAll);

    [Fact]
    public void A_datagram_cut_short_anywhere_is_read_without_failing()
    {
        NetlinkWriter writer = new(stackalloc byte[512]);
        LinkRequests.WriteBridgeOptions(ref writer, "virbr0", 200, stp: true);
        RouteMessage.Write(ref writer, NetlinkType.NewRoute, NetlinkFlags.Create, new RouteMessage(IPAddress.Any, 0, 1));
        byte[] whole = writer.Written.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            ReadAll(whole[..length]);
        }
    }

    private static void ReadAll(byte[] datagram)
    {
        foreach (NetlinkMessage message in new NetlinkMessages(datagram))
        {
            Read(message);
        }

        Read(new NetlinkMessage(NetlinkType.NewLink, NetlinkFlags.None, 1, datagram));
    }

    private static void Read(in NetlinkMessage message)
    {
        LinkMessage.TryParse(message);
        AddressMessage.TryParse(message);
        RouteMessage.TryParse(message);
    }
}
