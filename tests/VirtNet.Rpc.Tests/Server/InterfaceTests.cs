using System.Text;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Server;

public sealed class InterfaceTests
{
    [Theory]
    [InlineData("interface:///system")]
    [InlineData("qemu:///system")]
    public async Task The_hosts_interfaces_can_be_looked_at_under_other_daemons_names(string uri)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync(uri, flags: 1);
        Assert.Equal(1, (await peer.CallAsync(126)).Int());
        Assert.Equal(1, (await peer.CallAsync(137)).Int());
        Assert.Equal(Names("br0"), (await peer.CallAsync(127, new Payload().Int(10))).Payload);
        Assert.Equal(Names("eth0"), (await peer.CallAsync(138, new Payload().Int(10))).Payload);
        Assert.Equal(Names(), (await peer.CallAsync(127, new Payload().Int(0))).Payload);
        byte[] all = new Payload().Int(2).String("br0").String("52:54:00:00:00:01")
            .String("eth0").String("52:54:00:00:00:02").Int(2).ToArray();
        Assert.Equal(all, (await peer.CallAsync(284, new Payload().Int(1).UInt(0))).Payload);
        Assert.Equal(new Payload().Int(0).Int(2).ToArray(), (await peer.CallAsync(284, new Payload().Int(0).UInt(0))).Payload);
    }

    [Fact]
    public async Task One_interface_is_found_and_described()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync("interface:///system");
        Payload bridge = new Payload().String("br0").String("52:54:00:00:00:01");
        Assert.Equal(bridge.ToArray(), (await peer.CallAsync(128, new Payload().String("br0"))).Payload);
        Assert.Equal(bridge.ToArray(), (await peer.CallAsync(129, new Payload().String("52:54:00:00:00:01"))).Payload);
        Assert.Equal(1, (await peer.CallAsync(156, bridge)).Int());
        RawPacket xml = await peer.CallAsync(130, new Payload().String("br0").String("").UInt(0));
        Assert.Contains("<interface name='br0'/>", Encoding.UTF8.GetString(xml.Payload), StringComparison.Ordinal);
        Assert.Equal((57, 26, "Interface not found: none"), (await peer.CallAsync(128, new Payload().String("x"))).Error());
    }

    [Fact]
    public async Task Lists_are_bounded_in_the_words_of_stock()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync("interface:///system");
        Assert.Equal((39, 7, "maxnames > REMOTE_INTERFACE_LIST_MAX"), (await peer.CallAsync(127, new Payload().Int(16385))).Error());
        Assert.Equal((39, 7, "maxnames must be non-negative"), (await peer.CallAsync(138, new Payload().Int(-1))).Error());
    }

    private static byte[] Names(params string[] names)
    {
        Payload payload = new Payload().Int(names.Length);
        foreach (string name in names)
        {
            payload.String(name);
        }

        return payload.ToArray();
    }
}
