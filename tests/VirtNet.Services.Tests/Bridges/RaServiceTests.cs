using System.Net;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Services.Tests.Leases;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>Router advertisements on a real bridge, as a guest's card hears them.</summary>
public class RaServiceTests
{
    [Fact]
    public Task Guests_hear_of_the_network_of_its_changes_and_of_its_end() => PrivateHost.RunAsync(async host =>
    {
        await using AdvertisedBridge bridge = await AdvertisedBridge.StartAsync(host);
        await host.ShellAsync("echo 0 >/proc/sys/net/ipv6/conf/g0/disable_ipv6"); // the system behind it asks for a router
        Advertisement first = await bridge.HearAsync(_ => true);
        Assert.Equal(255, first.HopLimit);
        Assert.NotEqual(0, first.Lifetime);

        await bridge.ApplyAsync("2001:db8:8::1");
        await bridge.HearAsync(heard => heard.Prefixes.Contains("2001:db8:8::"));
        await bridge.Service.StopAsync(TestLease.Network);
        await bridge.HearAsync(heard => heard.Lifetime == 0);
    });

    [Fact]
    public Task IPv6_that_is_taken_from_a_running_network_is_withdrawn() => PrivateHost.RunAsync(async host =>
    {
        await using AdvertisedBridge bridge = await AdvertisedBridge.StartAsync(host);
        await bridge.ApplyAsync(null);
        await bridge.HearAsync(heard => heard.Lifetime == 0);
        await bridge.ApplyAsync("2001:db8:9::1");
        await bridge.HearAsync(heard => heard.Prefixes.Contains("2001:db8:9::")); // guests wait for it: at once
    });

    [Fact]
    public Task Who_has_an_address_is_answered_alone_and_who_has_none_with_all() => PrivateHost.RunAsync(async host =>
    {
        await using AdvertisedBridge bridge = await AdvertisedBridge.StartAsync(host);
        await host.ShellAsync($"ip neigh add fe80::1234 lladdr {bridge.Guest.Mac} dev virbr0");
        bridge.Guest.Send(new Solicitation(bridge.Guest.Mac) { Source = "::" }.ToFrame());
        Advertisement toAll = await bridge.HearAsync(_ => true);
        Assert.Equal(IPAddress.Parse("ff02::1"), toAll.Destination);
        Assert.True(toAll.Source.IsIPv6LinkLocal);

        // Those without an address are told again only after a while, which keeps nobody else waiting.
        bridge.Guest.Send(new Solicitation(bridge.Guest.Mac) { Source = "::" }.ToFrame());
        bridge.Guest.Send(new Solicitation(bridge.Guest.Mac).ToFrame());
        Advertisement toOne = await bridge.HearAsync(_ => true);
        Assert.Equal(IPAddress.Parse("fe80::1234"), toOne.Destination);
        Assert.Equal(255, toOne.HopLimit);
        Assert.Equal(toAll.Source, toOne.Source);
        Assert.Equal(2, bridge.Counter("ra.asked"));
    });

    [Theory]
    [InlineData("another type")]
    [InlineData("another code")]
    [InlineData("a hop limit that a router left")]
    [InlineData("another machine")]
    [InlineData("a VLAN")]
    [InlineData("an extension header")]
    [InlineData("shorter than it says")]
    [InlineData("a wrong checksum")]
    [InlineData("a source that nobody has")]
    [InlineData("a source that is not of the link")]
    public Task What_is_no_solicitation_is_not_answered(string what) => PrivateHost.RunAsync(async host =>
    {
        await using AdvertisedBridge bridge = await AdvertisedBridge.StartAsync(host);
        bridge.Guest.Send(Spoilt(new Solicitation(bridge.Guest.Mac), what));
        bridge.Guest.Send(new Solicitation(bridge.Guest.Mac) { Source = "::" }.ToFrame());
        await bridge.HearAsync(_ => true);
        Assert.Equal(1, bridge.Counter("ra.asked"));
    });

    [Fact]
    public Task A_checksum_that_a_system_on_this_host_left_to_its_card_is_none_to_check() => PrivateHost.RunAsync(async host =>
    {
        await using AdvertisedBridge bridge = await AdvertisedBridge.StartAsync(host);
        byte[] frame = new Solicitation(bridge.Guest.Mac) { Source = "::" }.ToFrame();
        frame[56] ^= 0x55;
        await host.ShellAsync($"""
            python3 -c "
            import socket, struct
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.setsockopt(263, 15, 1) # PACKET_VNET_HDR
            s.bind(('g0', 0))
            s.send(struct.pack('=BBHHHH', 1, 0, 0, 0, 54, 2) + bytes.fromhex('{Convert.ToHexString(frame)}'))"
            """);
        await bridge.HearAsync(_ => true);
        Assert.Equal(1, bridge.Counter("ra.asked"));
    });

    private static byte[] Spoilt(Solicitation right, string what)
    {
        byte[] frame = right.ToFrame();
        switch (what)
        {
            case "another type":
                return (right with { Type = 135 }).ToFrame();
            case "another code":
                return (right with { Code = 1 }).ToFrame();
            case "a hop limit that a router left":
                return (right with { HopLimit = 254 }).ToFrame();
            case "another machine":
                return (right with { DestinationMac = "52:54:00:66:66:66" }).ToFrame();
            case "a VLAN":
                return [.. frame[..12], 0x81, 0, 0, 5, .. frame[12..]];
            case "an extension header":
                frame[18 + 1] += 8;
                frame[20] = 60; // options for the destination: two octets, then padding
                return [.. frame[..54], 58, 0, 1, 4, 0, 0, 0, 0, .. frame[54..]];
            case "shorter than it says":
                frame[19] += 8;
                return frame;
            case "a wrong checksum":
                frame[56] ^= 1;
                return frame;
            case "a source that nobody has":
                return (right with { Source = "ff02::1" }).ToFrame();
            case "a source that is not of the link":
                return (right with { Source = "2001:db8:7::5" }).ToFrame();
            default:
                throw new ArgumentException(what, nameof(what));
        }
    }
}
