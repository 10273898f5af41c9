using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Model;
using VirtNet.Services.Ra;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Leases;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>A real bridge in a private network namespace that is advertised, with one guest's card.</summary>
internal sealed class AdvertisedBridge : IAsyncDisposable
{
    private AdvertisedBridge(KeptSockets kept, RawGuest guest)
    {
        Kept = kept;
        Guest = guest;
        Service = NewService();
    }

    public KeptSockets Kept { get; private set; }

    public RaService Service { get; private set; }

    public RawGuest Guest { get; }

    /// <summary>A bridge virbr0 with a card g0, both of which have their addresses at once.</summary>
    public static Task<string> PrepareAsync(PrivateHost host) => host.ShellAsync(
        "for c in all default; do echo 0 >/proc/sys/net/ipv6/conf/$c/accept_dad; done; "
        + "ip link add virbr0 type bridge && ip addr add 2001:db8:7::1/64 dev virbr0 nodad && ip link set virbr0 up; "
        + "ip link add p0 type veth peer name g0 && ip link set p0 master virbr0 up; "
        + "echo 1 >/proc/sys/net/ipv6/conf/g0/disable_ipv6; ip link set g0 up");

    public static async Task<AdvertisedBridge> StartAsync(PrivateHost host, KeptSockets? kept = null)
    {
        await PrepareAsync(host);
        return await AdvertiseAsync(host, kept ?? KeptByNobody.Sockets);
    }

    /// <summary>On a bridge that is there.</summary>
    public static async Task<AdvertisedBridge> AdvertiseAsync(PrivateHost host, KeptSockets kept)
    {
        await host.UntilAsync("ip -6 addr show dev virbr0", text => text.Contains("fe80", StringComparison.Ordinal));
        AdvertisedBridge bridge = new(kept, new RawGuest("g0"));
        await bridge.ApplyAsync("2001:db8:7::1");
        return bridge;
    }

    /// <param name="address">Null = without IPv6.</param>
    public Task ApplyAsync(string? address) => Service.ApplyAsync(Network(address), TestContext.Current.CancellationToken);

    /// <summary>Ends the service as a daemon does that leaves its sockets to its next version, and begins that.</summary>
    public async Task RestartAsync(Func<Task> meanwhile)
    {
        IReadOnlyList<int> left = Kept.LeaveToNextProgram();
        await Service.LeaveAsync();
        await Service.DisposeAsync();
        await meanwhile();
        Kept = KeptByNobody.Sockets;
        Assert.All(left, descriptor => Assert.True(Kept.Adopt(name: null, descriptor)));
        Service = NewService();
        await ApplyAsync("2001:db8:7::1");
        Kept.CloseLeft();
    }

    public long Counter(string name) => Service.CountersOf(TestLease.Network).Single(counter => counter.Name == name).Value;

    /// <summary>The next advertisement that fits. The service runs on the test's own thread: it must not be held up.</summary>
    public async Task<Advertisement> HearAsync(Predicate<Advertisement> fits)
    {
        for (int i = 0; i < 500; i++)
        {
            if (Guest.Receive(frame => Advertisement.Of(frame) is { } heard && fits(heard), TimeSpan.FromMilliseconds(5)) is { } frame)
            {
                return Advertisement.Of(frame)!;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("no such advertisement came");
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Guest.Dispose();
    }

    private RaService NewService() => new(Kept, TimeProvider.System, new Random(1), NullLogger<RaService>.Instance);

    private static NetworkDefinition Network(string? address) => new()
    {
        Name = "lab",
        Uuid = TestLease.Network,
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "virbr0" },
        Ips = address is null ? [] : [new IpDefinition(IPAddress.Parse(address)) { Prefix = 64, Family = "ipv6" }],
    };
}
