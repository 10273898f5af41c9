using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Model;
using VirtNet.Services.Ra;
using VirtNet.Services.Tests.Leases;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>Router advertisements on a real bridge, as a guest's card hears them.</summary>
public class RaServiceTests
{
    private const int IcmpAt = 54; // behind the headers of Ethernet and IPv6
    private const byte RouterAdvertisement = 134;

    [Fact]
    public Task Guests_hear_of_the_network_of_its_changes_and_of_its_end() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(
            "ip link add virbr0 type bridge && ip addr add 2001:db8:7::1/64 dev virbr0 nodad && ip link set virbr0 up; "
            + "ip link add p0 type veth peer name g0 && ip link set p0 master virbr0 up");
        await host.ShellAsync("ip link set g0 up"); // the system behind it asks for a router
        using RawGuest guest = new("g0");
        await using RaService service = new(KeptByNobody.Sockets, TimeProvider.System, new Random(1), NullLogger<RaService>.Instance);
        await service.ApplyAsync(Network("2001:db8:7::1"), TestContext.Current.CancellationToken);
        await host.UntilAsync("ip -6 addr show dev virbr0", text => !text.Contains("tentative", StringComparison.Ordinal));
        byte[] first = await HearAsync(guest, _ => true);
        Assert.Equal(255, first[21]); // hop limit
        Assert.NotEqual(0, Lifetime(first));

        await service.ApplyAsync(Network("2001:db8:8::1"), TestContext.Current.CancellationToken);
        await HearAsync(guest, frame => Prefixes(frame).Contains("2001:db8:8::"));
        await service.StopAsync(TestLease.Network);
        await HearAsync(guest, frame => Lifetime(frame) == 0);
    });

    [Fact]
    public Task IPv6_that_is_taken_from_a_running_network_is_withdrawn() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(
            "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad; ip link add virbr0 type bridge && ip link set virbr0 up; "
            + "ip link add p0 type veth peer name g0 && ip link set p0 master virbr0 up; ip link set g0 up");
        await host.UntilAsync("ip -6 addr show dev virbr0", text => text.Contains("fe80", StringComparison.Ordinal));
        using RawGuest guest = new("g0");
        await using RaService service = new(KeptByNobody.Sockets, TimeProvider.System, new Random(1), NullLogger<RaService>.Instance);
        await service.ApplyAsync(Network("2001:db8:7::1"), TestContext.Current.CancellationToken);
        await service.ApplyAsync(Network(null), TestContext.Current.CancellationToken);
        await HearAsync(guest, frame => Lifetime(frame) == 0);
        await service.ApplyAsync(Network("2001:db8:9::1"), TestContext.Current.CancellationToken);
        await HearAsync(guest, frame => Prefixes(frame).Contains("2001:db8:9::")); // guests wait for it: at once
    });

    private static NetworkDefinition Network(string? address) => new()
    {
        Name = "lab",
        Uuid = TestLease.Network,
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "virbr0" },
        Ips = address is null ? [] : [new IpDefinition(IPAddress.Parse(address)) { Prefix = 64, Family = "ipv6" }],
    };

    // The service runs on the test's own thread: it must not be held up.
    private static async Task<byte[]> HearAsync(RawGuest guest, Predicate<byte[]> fits)
    {
        for (int i = 0; i < 500; i++)
        {
            if (guest.Receive(frame => IsAdvertisement(frame) && fits(frame), TimeSpan.FromMilliseconds(5)) is { } frame)
            {
                return frame;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("no such advertisement came");
    }

    private static bool IsAdvertisement(byte[] frame) => frame.Length > IcmpAt + 16 && frame[12] == 0x86 && frame[13] == 0xdd
        && frame[20] == 58 && frame[IcmpAt] == RouterAdvertisement;

    private static int Lifetime(byte[] frame) => (frame[IcmpAt + 6] << 8) | frame[IcmpAt + 7];

    private static IEnumerable<string> Prefixes(byte[] frame)
    {
        for (int at = IcmpAt + 16; at + 32 <= frame.Length && frame[at + 1] > 0; at += frame[at + 1] * 8)
        {
            if (frame[at] == 3)
            {
                yield return new IPAddress(frame.AsSpan(at + 16, 16)).ToString();
            }
        }
    }
}
