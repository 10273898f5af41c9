using System.Collections.Concurrent;
using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dns;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Dns;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Tests.Namespaces;

namespace VirtNet.Services.Tests.Namespaces;

/// <summary>What DNS asks the kernel when an address changes must not depend on how many networks there are.</summary>
public sealed class AddressFollowTests : IAsyncDisposable
{
    private const int Others = 50;

    private readonly CountedLinks _links = new();
    private readonly ListLogger<DnsService> _logger = new();
    private readonly DnsService _service;

    public AddressFollowTests()
    {
        DnsOptions options = new() { ResolvConfPath = "/nonexistent", HostsPath = "/nonexistent", Port = 5399 };
        _service = new DnsService(new NoLeases(), options, KeptByNobody.Sockets, TimeProvider.System, _logger, _links);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_start_and_a_change_of_an_address_ask_about_one_bridge_however_many_there_are()
    {
        await using GuestBridge bridge = await GuestBridge.CreateAsync();
        for (int i = 0; i < Others; i++)
        {
            await _service.ApplyAsync(Definition($"absent{i}"), TestContext.Current.CancellationToken);
        }

        Assert.Equal(Others, _links.Asked.Count);
        _links.Asked.Clear();
        await _service.ApplyAsync(Definition(bridge.Name), TestContext.Current.CancellationToken);
        await GuestBridge.ShellAsync($"ip addr add {bridge.IPv4(77)}/24 dev {bridge.Name}");
        await ListensOnAsync(bridge.IPv4(77));
        Assert.All(_links.Asked, name => Assert.Equal(bridge.Name, name));
        Assert.InRange(_links.Asked.Count, 1, 10);
    }

    [Fact]
    public async Task Changes_are_followed_after_one_that_could_not_be_for_whatever_reason()
    {
        await using GuestBridge bridge = await GuestBridge.CreateAsync();
        await _service.ApplyAsync(Definition(bridge.Name), TestContext.Current.CancellationToken);
        _links.Failures = 1;
        await GuestBridge.ShellAsync($"ip addr add {bridge.IPv4(77)}/24 dev {bridge.Name}");
        while (_links.Failures > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await GuestBridge.ShellAsync($"ip addr add {bridge.IPv4(78)}/24 dev {bridge.Name}");
        await ListensOnAsync(bridge.IPv4(78)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_bridge_that_is_made_anew_is_listened_on_again()
    {
        await using GuestBridge bridge = await GuestBridge.CreateAsync();
        NetworkDefinition network = Definition(bridge.Name);
        await _service.ApplyAsync(network, TestContext.Current.CancellationToken);
        await GuestBridge.ShellAsync($"""
            ip link del {bridge.Name}; sleep 0.1; ip link add {bridge.Name} type bridge; ip link set {bridge.Name} up
            """);
        await _service.ApplyAsync(network, TestContext.Current.CancellationToken); // as after each repair
        await GuestBridge.ShellAsync($"ip addr add {bridge.IPv4(78)}/24 dev {bridge.Name}");
        await ListensOnAsync(bridge.IPv4(78));
    }

    [Fact]
    public async Task A_bridge_that_was_renamed_stays_the_one_that_is_listened_on_and_what_has_its_name_is_a_strangers()
    {
        await using GuestBridge bridge = await GuestBridge.CreateAsync();
        string renamed = $"{bridge.Name}x";
        await _service.ApplyAsync(Definition(bridge.Name), TestContext.Current.CancellationToken);
        await GuestBridge.ShellAsync($"""
            ip link set {bridge.Name} down; ip link set {bridge.Name} name {renamed}; ip link set {renamed} up
            ip link add {bridge.Name} type bridge; ip link set {bridge.Name} up
            ip addr add {bridge.IPv4(66)}/24 dev {bridge.Name}; sleep 0.2
            ip addr add {bridge.IPv4(77)}/24 dev {renamed}
            """);
        await ListensOnAsync(bridge.IPv4(77));
        string sockets = await GuestBridge.ShellAsync("ss -lnutH");
        await GuestBridge.ShellAsync($"ip link del {renamed}");

        Assert.Contains($"{bridge.IPv4(1)}:5399", sockets, StringComparison.Ordinal);
        Assert.Contains($"{bridge.IPv4(77)}%{renamed}:5399", sockets, StringComparison.Ordinal);
        Assert.DoesNotContain($"{bridge.IPv4(66)}", sockets, StringComparison.Ordinal);
        Assert.DoesNotContain($"%{bridge.Name}:", sockets, StringComparison.Ordinal);
    }

    /// <summary>The kernel takes such an address of a bridge, and refuses it to a socket of IPv6 alone.</summary>
    [Fact]
    public async Task An_address_of_IPv4_in_the_dress_of_IPv6_keeps_no_network_from_its_start()
    {
        await using GuestBridge bridge = await GuestBridge.CreateAsync();
        await GuestBridge.ShellAsync($"ip addr add ::ffff:192.168.1.1/64 dev {bridge.Name} nodad");
        await _service.ApplyAsync(Definition(bridge.Name), TestContext.Current.CancellationToken);
        await ListensOnAsync(bridge.IPv4(1));
    }

    private async Task ListensOnAsync(string address)
    {
        while (!_logger.Lines.Any(line => line.Id == 413 && line.Text.Contains(address, StringComparison.Ordinal)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static NetworkDefinition Definition(string bridge) => new()
    {
        Uuid = Guid.NewGuid(),
        Name = bridge,
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = bridge },
        Ips = [new IpDefinition(IPAddress.Parse("10.1.0.1")) { Prefix = 24 }],
    };

    private sealed class CountedLinks : IHostLinks
    {
        private readonly KernelLinks _kernel = new();

        public ConcurrentQueue<string> Asked { get; } = [];

        public int IndexOf(string name)
        {
            Asked.Enqueue(name);
            return _kernel.IndexOf(name);
        }

        public string? NameOf(int index) => _kernel.NameOf(index);

        /// <summary>How often asking for addresses fails.</summary>
        public volatile int Failures;

        public IEnumerable<NetAddress> AddressesOf(int index)
        {
            if (Failures > 0)
            {
                Failures = 0;
                throw new InvalidOperationException("for a test");
            }

            return _kernel.AddressesOf(index);
        }
    }

    private sealed class NoLeases : ILeaseDirectory
    {
        public ILeaseNames NamesOf(Guid network) => new FakeLeaseNames();
    }
}
