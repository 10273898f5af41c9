using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Model.Conditions;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Dhcp6;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>The same of a network that has the socket of those for which there is no room where others are, and what is its own.</summary>
public sealed class Dhcp6ApartTests : Dhcp6ServerTests
{
    private const string Servers = "ff020000000000000000000000010002";
    private const string Memberships = "grep virbr0 /proc/net/igmp6 || true";

    protected override int MostSharing => 0;

    [Fact]
    public Task The_host_is_a_member_of_the_servers_group_without_a_socket_on_their_port() =>
        RunAsync(async (host, server, leases, log) =>
        {
            Assert.Contains(Servers, await host.ShellAsync(Memberships), StringComparison.Ordinal);
            Assert.Empty(await host.ShellAsync("ss -Hlun 'sport = 547'"));
            await server.StopAsync(leases.Network);
            Assert.DoesNotContain(Servers, await host.ShellAsync(Memberships), StringComparison.Ordinal);
        });

    [Fact]
    public Task An_answer_comes_from_the_servers_port_and_the_link() => RunAsync(async (host, server, leases, log) =>
    {
        using Guest6 guest = await PlugAsync(host, "0");
        using RawGuest card = new("g0");
        guest.Send(Client);
        byte[] frame = Assert.IsType<byte[]>(card.Receive(frame => frame is [_, _, _, _, _, _, _, _, _, _, _, _, 0x86, 0xdd, ..]
            && frame[20] == Ipv6Packet.Udp && frame[56] == 2 && frame[57] == 0x22));
        Assert.True(Ipv6Packet.TryParse(frame.AsSpan(14), isChecksumPending: false, out Ipv6Packet packet));
        Assert.Equal(547, packet.SourcePort);
        Assert.True(new IPAddress(packet.Source).IsIPv6LinkLocal);
    });

    [Theory]
    [InlineData("another port")]
    [InlineData("another machine")]
    [InlineData("another group")]
    [InlineData("a VLAN")]
    [InlineData("an extension header")]
    [InlineData("shorter than it says")]
    [InlineData("a wrong checksum")]
    [InlineData("a source that nobody has")]
    public Task What_the_hosts_stack_would_not_let_in_is_not_heard(string what) => RunAsync(async (host, server, leases, log) =>
    {
        using Guest6 guest = await PlugAsync(host, "0");
        using RawGuest card = new("g0");
        card.Send(Spoilt(FrameOf(card, "fe80::1234", "ff02::1:2", 547), card, what));
        Assert.NotNull(guest.Ask(Client));
        Assert.Contains(server.CountersOf(leases.Network), counter => counter is { Name: "dhcp6.received", Value: 1 });
    });

    [Theory]
    [InlineData(0, 256)]
    [InlineData(256, 0)]
    public Task What_comes_while_the_server_restarts_is_answered_by_the_next_one(int before, int after) =>
        PrivateHost.RunAsync(async host =>
        {
            await host.ShellAsync(
                "for c in all default; do echo 0 >/proc/sys/net/ipv6/conf/$c/accept_dad; done; ip link add virbr0 type bridge && "
                + "ip addr add 2001:db8:7::1/64 dev virbr0 nodad && ip link set virbr0 up");
            using TempFolder folder = new();
            using LeaseStore store = new(folder.Path, TimeProvider.System, new ConditionBoard(), NullLogger<LeaseStore>.Instance);
            KeptSockets first = KeptByNobody.Sockets;
            using Guest6 guest = await PlugAsync(host, "0");
            IReadOnlyList<int> left;
            string sockets;
            await using (Dhcp6Server server = NewServer(folder, store, first, before))
            {
                await server.ApplyAsync(Dhcp6Bench.Network, TestContext.Current.CancellationToken);
                Assert.NotNull(guest.Ask(Client));
                sockets = await SocketsAsync(host);
                left = first.LeaveToNextProgram();
                await server.LeaveAsync();
            }

            guest.Send(Client);
            Assert.Contains(Servers, await host.ShellAsync(Memberships), StringComparison.Ordinal);
            KeptSockets second = KeptByNobody.Sockets;
            Assert.All(left, descriptor => Assert.True(second.Adopt(name: null, descriptor)));
            await using Dhcp6Server next = NewServer(folder, store, second, after);
            await next.ApplyAsync(Dhcp6Bench.Network, TestContext.Current.CancellationToken);
            second.CloseLeft();
            Assert.NotNull(guest.Receive());
            Assert.NotNull(guest.Ask(Client));
            Assert.Equal(sockets, await SocketsAsync(host));
            Assert.Contains($"{Servers}     1 ", await host.ShellAsync(Memberships), StringComparison.Ordinal); // once
        });

    private static Dhcp6Server NewServer(TempFolder folder, LeaseStore store, KeptSockets kept, int mostSharing) =>
        new(folder.Path, store, kept, TimeProvider.System, NullLogger<Dhcp6Server>.Instance, mostSharing);

    /// <summary>How many there are on the servers' port and beneath the host's stack.</summary>
    private static Task<string> SocketsAsync(PrivateHost host) =>
        host.ShellAsync("ss -Hlun 'sport = 547' | wc -l; wc -l </proc/net/packet");

    private static byte[] FrameOf(RawGuest guest, string source, string destination, ushort port)
    {
        byte[] message = Client.ToArray();
        byte[] packet = [.. new byte[Ipv6Packet.UdpHeaderLength], .. message];
        Span<byte> udp = packet.AsSpan(Ipv6Packet.HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(udp, 546);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        new Ipv6Header
        {
            Source = IPAddress.Parse(source).GetAddressBytes(),
            Destination = IPAddress.Parse(destination).GetAddressBytes(),
            Protocol = Ipv6Packet.Udp,
            HopLimit = 1,
        }.Write(packet);
        byte[] mac = [.. guest.Mac.Split(':').Select(octet => byte.Parse(octet, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        return [0x33, 0x33, 0, 1, 0, 2, .. mac, 0x86, 0xdd, .. packet];
    }

    private static byte[] Spoilt(byte[] frame, RawGuest guest, string what)
    {
        switch (what)
        {
            case "another port":
                return FrameOf(guest, "fe80::1234", "ff02::1:2", 548);
            case "another machine":
                frame[0] = 0x52;
                return frame;
            case "another group":
                return FrameOf(guest, "fe80::1234", "ff02::1:3", 547);
            case "a VLAN":
                return [.. frame[..12], 0x81, 0, 0, 5, .. frame[12..]];
            case "an extension header":
                frame[19] += 8;
                frame[20] = 60; // options for the destination: two octets, then padding
                return [.. frame[..54], 17, 0, 1, 4, 0, 0, 0, 0, .. frame[54..]];
            case "shorter than it says":
                return frame[..^8];
            case "a wrong checksum":
                frame[^1] ^= 1;
                return frame;
            case "a source that nobody has":
                return FrameOf(guest, "ff02::1", "ff02::1:2", 547);
            default:
                throw new ArgumentException(what, nameof(what));
        }
    }
}
