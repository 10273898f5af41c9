using VirtNet.Rpc.Server;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Server;

/// <summary>What a server answers to input that is malformed, unknown or out of turn.</summary>
public sealed class ProtocolErrorTests
{
    private const int Open = 1;
    private const int Close = 2;
    private const int SupportsFeature = 60;
    private const int LookupByName = 46;
    private const int GetUri = 110;

    [Theory]
    [InlineData(0u)]
    [InlineData(3u)]
    [InlineData(4u)]
    [InlineData(27u)]
    [InlineData(33554437u)]
    [InlineData(0xffffffffu)]
    public async Task An_impossible_length_closes_the_connection_without_a_word(uint length)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        await peer.SendBytesAsync(new Payload().UInt(length).ToArray());
        await peer.AssertClosedAsync();
    }

    [Theory]
    [InlineData(0x20008087u, 1u, "Cannot find program 536903815 version 1")]
    [InlineData(0x20008086u, 2u, "Cannot find program 536903814 version 2")]
    [InlineData(0x6b656570u, 1u, "Cannot find program 1801807216 version 1")]
    public async Task An_unknown_program_or_version_is_named(uint program, uint version, string message)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        await peer.SendAsync(new RawPacket(program, version, 1, Type: 0, Serial: 7, Status: 0, []));
        RawPacket reply = await peer.ReceiveAsync();
        Assert.Equal((program, version, 1, 1, 7u), (reply.Program, reply.Version, reply.Procedure, reply.Type, reply.Serial));
        Assert.Equal((39, 7, message), reply.Error());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(9999)]
    [InlineData(315)] // an event
    [InlineData(362)]
    public async Task An_unknown_procedure_is_named_with_the_words_that_clients_look_for(int procedure)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        RawPacket reply = await peer.CallAsync(procedure);
        Assert.Equal((39, 7, $"unknown procedure: {procedure}"), reply.Error());
    }

    [Fact]
    public async Task A_call_with_a_status_is_refused()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        await peer.SendAsync(new RawPacket(RawPeer.Remote, 1, Open, Type: 0, Serial: 1, Status: 2, []));
        Assert.Equal((39, 7, "Unexpected message status 2"), (await peer.ReceiveAsync()).Error());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(77)]
    public async Task A_packet_that_is_no_call_is_passed_over(int type)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        await peer.SendAsync(new RawPacket(RawPeer.Remote, 1, LookupByName, type, Serial: 1, Status: 0, []));
        await peer.CallAsync(SupportsFeature, new Payload().Int(14)); // fails if the other one was answered
    }

    [Theory]
    [InlineData("")] // nothing at all
    [InlineData("000000")]
    [InlineData("00000004746e65")] // cut off
    [InlineData("ffffffff746e6574")] // a length beyond everything
    [InlineData("00400001746e6574")] // beyond REMOTE_STRING_MAX
    public async Task Arguments_that_cannot_be_decoded_are_refused_and_the_connection_goes_on(string arguments)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        RawPacket reply = await peer.CallAsync(LookupByName, new Payload().Raw(Convert.FromHexString(arguments)));
        Assert.Equal((39, 7, "Unable to decode message payload"), reply.Error());
        Assert.Equal(43, (await peer.CallAsync(LookupByName, new Payload().String("x"))).Error().Code);
    }

    [Fact]
    public async Task An_unknown_arm_of_a_union_is_refused()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        Payload identity = new Payload().Int(1).String("user-name").Int(8).Int(0).UInt(0);
        Assert.Equal((39, 7, "Unable to decode message payload"), (await peer.CallAsync(419, identity)).Error());
    }

    [Fact]
    public async Task Trailing_bytes_odd_flags_and_dirty_padding_do_no_harm()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        Payload open = new Payload().UInt(0x01000000).UInt(17).Raw("network:///system"u8.ToArray()).Raw([1, 2, 3]).UInt(0);
        Assert.Equal(0, (await peer.CallAsync(66, open)).Status); // old go-libvirt sends these with AUTH_LIST as well
        Assert.Equal(0, (await peer.CallAsync(Open, open.Raw([9, 9, 9, 9, 9]))).Status);
    }

    [Fact]
    public async Task A_payload_too_long_to_mean_anything_is_not_kept_but_answered()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        byte[] tooLong = new byte[ServerLimits.Payload + 1];
        uint first = await peer.SendCallAsync(LookupByName, new Payload().Raw(tooLong));
        uint second = await peer.SendCallAsync(LookupByName, new Payload().String("x"));
        RawPacket[] replies = [await peer.ReceiveAsync(), await peer.ReceiveAsync()];
        Assert.Equal("Unable to decode message payload", replies.Single(r => r.Serial == first).Error().Message);
        Assert.Equal(43, replies.Single(r => r.Serial == second).Error().Code);
    }

    [Fact]
    public async Task A_name_of_the_greatest_length_is_looked_up_and_the_error_shortened()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        RawPacket reply = await peer.CallAsync(LookupByName, new Payload().String(new string('a', 4194304)));
        (int code, _, string message) = reply.Error();
        Assert.Equal(43, code);
        Assert.Equal(ServerLimits.ErrorText, message.Length);
    }

    [Fact]
    public async Task Nothing_can_be_done_before_the_connection_is_open()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        Assert.Equal((1, 7, "internal error: connection not open"), (await peer.CallAsync(LookupByName, new Payload().String("x"))).Error());
        Assert.Equal((1, 7, "internal error: hypervisor connection not open"), (await peer.CallAsync(GetUri)).Error());
        Assert.Equal(
            (1, 7, "internal error: hypervisor connection not open"),
            (await peer.CallAsync(SupportsFeature, new Payload().Int(14))).Error());
        Assert.Equal(1, (await peer.CallAsync(SupportsFeature, new Payload().Int(10))).Int());
    }

    [Fact]
    public async Task A_connection_is_opened_once()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        RawPacket reply = await peer.CallAsync(Open, new Payload().Optional("network:///system").UInt(0));
        Assert.Equal((1, 7, "internal error: connection already open"), reply.Error());
    }

    [Fact]
    public async Task A_close_is_answered_before_the_connection_closes()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        Assert.Equal(0, (await peer.CallAsync(Close)).Status);
        await peer.AssertClosedAsync();
    }

    [Fact]
    public async Task A_call_announcing_descriptors_is_served_without_them()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        await peer.SendAsync(new RawPacket(RawPeer.Remote, 1, SupportsFeature, Type: 4, Serial: 5, Status: 0, new Payload().UInt(0).Int(14).ToArray()));
        Assert.Equal(1, (await peer.ReceiveAsync()).Int());
        await peer.SendAsync(new RawPacket(RawPeer.Remote, 1, SupportsFeature, Type: 4, Serial: 6, Status: 0, new Payload().UInt(2).Int(14).ToArray()));
        await peer.SendBytesAsync(new byte[2]); // each descriptor travels with one byte
        Assert.Equal(1, (await peer.ReceiveAsync()).Int());
        Assert.Equal(1, (await peer.CallAsync(SupportsFeature, new Payload().Int(14))).Int());
    }

    [Fact]
    public async Task A_packet_may_arrive_byte_by_byte_or_together_with_others()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        byte[] call = new RawPacket(RawPeer.Remote, 1, SupportsFeature, 0, 1, 0, new Payload().Int(16).ToArray()).ToArray();
        foreach (byte b in call)
        {
            await peer.SendBytesAsync(new[] { b });
        }

        Assert.Equal(1, (await peer.ReceiveAsync()).Int());
        await peer.SendBytesAsync((byte[])[.. call, .. call, .. call]);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(1, (await peer.ReceiveAsync()).Int());
        }
    }
}
