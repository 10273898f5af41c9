using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Dhcp4;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Ethernet;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>The same of a network that has the sockets of those for which there is no room where others are, and what is theirs.</summary>
public sealed class Dhcp4ApartTests : Dhcp4ServerTests
{
    private static readonly byte[] Everybody = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    protected override int MostSharing => 0;

    [Fact]
    public Task A_guest_renews_at_the_servers_own_address_and_finds_others_at_all() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await ServedBridge.StartAsync(host, guests: 1, mostSharing: MostSharing);
        RawGuest guest = bridge.Guests[0];
        Dhcp4Request client = new() { Mac = guest.Mac };
        IPAddress address = Assert.IsType<IPAddress>(guest.Obtain(client));
        Dhcp4Request renewal = client with { Type = Dhcp4MessageType.Request, ClientAddress = $"{address}", TransactionId = 77 };
        using PacketSender cards = new(NullLogger.Instance);
        byte[] mac = Assert.IsType<byte[]>(cards.FindMac("virbr0"));

        guest.Send(Addressed(guest.FrameOf(renewal), mac, address, "10.77.0.1"));
        Assert.Equal((byte?)5, AnswerTo(guest, 77)?.Type);
        guest.Send(Addressed(guest.FrameOf(renewal with { TransactionId = 78 }), Everybody, address, "10.77.0.255"));
        Assert.Equal((byte?)5, AnswerTo(guest, 78)?.Type);
        guest.Send(Addressed(guest.FrameOf(renewal with { TransactionId = 79 }), mac, address, "255.255.255.255"));
        Assert.Equal((byte?)5, AnswerTo(guest, 79)?.Type);
        Assert.Equal(5, bridge.Counter("dhcp4.received")); // each once
    });

    [Theory]
    [InlineData("another port")]
    [InlineData("another machine")]
    [InlineData("another destination")]
    [InlineData("a VLAN")]
    [InlineData("a fragment")]
    [InlineData("shorter than it says")]
    [InlineData("a wrong checksum")]
    [InlineData("a wrong header")]
    [InlineData("a source that nobody has")]
    public Task What_the_hosts_stack_would_not_let_in_is_not_heard(string what) => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await ServedBridge.StartAsync(host, guests: 1, mostSharing: MostSharing);
        RawGuest guest = bridge.Guests[0];
        Dhcp4Request client = new() { Mac = guest.Mac, TransactionId = 50 };
        byte[] frame = guest.FrameOf(client);
        guest.Send(Spoilt(frame, what));
        Assert.Equal((byte?)2, guest.Ask(client with { TransactionId = 51 })?.Type);
        Assert.Equal(1, bridge.Counter("dhcp4.received"));
    });

    [Fact]
    public Task A_checksum_that_a_system_on_this_host_left_to_its_card_is_none_to_check() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await ServedBridge.StartAsync(host, guests: 1, mostSharing: MostSharing);
        RawGuest guest = bridge.Guests[0];
        string message = Convert.ToHexString(new Dhcp4Request { Mac = guest.Mac, TransactionId = 60 }.ToArray());
        await host.ShellAsync($"""
            python3 -c "
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'g0')
            s.bind(('', 68))
            s.sendto(bytes.fromhex('{message}'), ('255.255.255.255', 67))"
            """);
        Assert.Equal((byte?)2, AnswerTo(guest, 60)?.Type);
    });

    [Theory]
    [InlineData(0, 256)]
    [InlineData(256, 0)]
    public Task What_comes_while_the_server_restarts_is_answered_by_the_next_one(int before, int after) =>
        PrivateHost.RunAsync(async host =>
        {
            await using ServedBridge bridge = await ServedBridge.StartAsync(host, guests: 1, mostSharing: before);
            RawGuest guest = bridge.Guests[0];
            Dhcp4Request client = new() { Mac = guest.Mac };
            Assert.NotNull(guest.Obtain(client));
            string sockets = await SocketsAsync(host);
            await bridge.RestartAsync(after, meanwhile: () => guest.Send(client with { TransactionId = 90 }));
            Assert.Equal((byte?)2, AnswerTo(guest, 90)?.Type);
            Assert.Equal((byte?)2, guest.Ask(client with { TransactionId = 91 })?.Type);
            Assert.Equal(sockets, await SocketsAsync(host));
        });

    [Fact]
    public Task A_network_that_moves_is_served_at_its_new_address() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await ServedBridge.StartAsync(host, guests: 1, mostSharing: MostSharing);
        await host.ShellAsync("ip addr add 10.78.0.1/24 dev virbr0");
        await bridge.ApplyAsync(TestNetwork.Address with
        {
            Address = IPAddress.Parse("10.78.0.1"),
            Ranges = [new Model.DhcpRange(IPAddress.Parse("10.78.0.10"), IPAddress.Parse("10.78.0.99"))],
            Hosts = [],
        });
        RawGuest guest = bridge.Guests[0];
        Assert.Equal((byte?)2, guest.Ask(new Dhcp4Request { Mac = guest.Mac, TransactionId = 70 })?.Type);
        Assert.Contains("10.78.0.1", await SocketsAsync(host), StringComparison.Ordinal);
    });

    private static DhcpAnswer? AnswerTo(RawGuest guest, uint transaction) =>
        guest.Receive(frame => DhcpAnswer.Of(frame)?.TransactionId == transaction) is { } answer ? DhcpAnswer.Of(answer) : null;

    /// <summary>The UDP sockets of servers.</summary>
    private static Task<string> SocketsAsync(PrivateHost host) => host.ShellAsync("ss -Hlun 'sport = 67'");

    /// <summary>The frame to another destination, by another source, with a right header.</summary>
    private static byte[] Addressed(byte[] frame, byte[] mac, IPAddress source, string destination)
    {
        UdpFrame header = new()
        {
            DestinationMac = mac,
            SourceMac = frame.AsSpan(6, 6).ToArray(),
            Source = Model.Subnet.ToUInt32(source),
            Destination = Model.Subnet.ToUInt32(IPAddress.Parse(destination)),
            SourcePort = 68,
            DestinationPort = 67,
        };
        header.WriteHeader(frame);
        return frame;
    }

    private static byte[] Spoilt(byte[] frame, string what)
    {
        switch (what)
        {
            case "another port":
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), 68);
                frame[40] = frame[41] = 0;
                return frame;
            case "another machine":
                frame[0] = 0x52;
                return frame;
            case "another destination":
                return Addressed(frame, Everybody, IPAddress.Any, "10.99.0.255");
            case "a VLAN":
                return [.. frame[..12], 0x81, 0, 0, 5, .. frame[12..]];
            case "a fragment":
                frame[20] = 0x20;
                return WithRightHeader(frame);
            case "shorter than it says":
                return frame[..^20];
            case "a wrong checksum":
                frame[^1] ^= 1;
                return frame;
            case "a wrong header":
                frame[22] ^= 1;
                return frame;
            case "a source that nobody has":
                return Addressed(frame, Everybody, IPAddress.Loopback, "255.255.255.255");
            default:
                throw new ArgumentException(what, nameof(what));
        }
    }

    private static byte[] WithRightHeader(byte[] frame)
    {
        frame[24] = frame[25] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(
            frame.AsSpan(24), InternetChecksum.Finish(InternetChecksum.Add(0, frame.AsSpan(14, 20))));
        return frame;
    }
}
