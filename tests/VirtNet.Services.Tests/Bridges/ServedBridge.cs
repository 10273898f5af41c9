using VirtNet.Host.Tests.Namespaces;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Dhcp4;
using VirtNet.Services.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>A real bridge in a private network namespace with a DHCP server on it and a few guests.</summary>
internal sealed class ServedBridge : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PrivateHost _host;
    private KeptSockets _kept = KeptByNobody.Sockets;

    private ServedBridge(PrivateHost host, int mostSharing)
    {
        _host = host;
        Store = new LeaseStore(_folder.Path, TimeProvider.System, new ConditionBoard(), NullLogger<LeaseStore>.Instance);
        Server = new Dhcp4Server(Store, _kept, TimeProvider.System, Log, mostSharing);
    }

    public LeaseStore Store { get; }

    public Dhcp4Server Server { get; private set; }

    public ListLogger<Dhcp4Server> Log { get; } = new();

    public List<RawGuest> Guests { get; } = [];

    public NetworkLeases Leases => Store.Of(TestNetwork.Definition.Uuid!.Value);

    public static async Task<ServedBridge> StartAsync(
        PrivateHost host, int guests, IpDefinition? address = null, int mostSharing = SharedPlaces.Usual)
    {
        await host.ShellAsync("ip link add virbr0 type bridge && ip addr add 10.77.0.1/24 dev virbr0 && ip link set virbr0 up");
        ServedBridge bridge = new(host, mostSharing);
        for (int i = 0; i < guests; i++)
        {
            await host.ShellAsync(
                $"ip link add p{i} type veth peer name g{i} && ip link set g{i} up && ip link set p{i} master virbr0 up");
            bridge.Guests.Add(new RawGuest($"g{i}"));
        }

        await host.UntilAsync("cat /sys/class/net/virbr0/operstate 2>/dev/null; ip link show virbr0", text => text.Contains("UP", StringComparison.Ordinal));
        await bridge.ApplyAsync(address ?? TestNetwork.Address);
        return bridge;
    }

    public Task ApplyAsync(IpDefinition address) =>
        Server.ApplyAsync(TestNetwork.With(address), TestContext.Current.CancellationToken);

    /// <summary>Ends the server as a daemon does that leaves its sockets to its next version, and begins that.</summary>
    public async Task RestartAsync(int mostSharing, Action meanwhile)
    {
        IReadOnlyList<int> left = _kept.LeaveToNextProgram();
        await Server.LeaveAsync();
        await Server.DisposeAsync();
        meanwhile();
        _kept = KeptByNobody.Sockets;
        Assert.All(left, descriptor => Assert.True(_kept.Adopt(name: null, descriptor)));
        Server = new Dhcp4Server(Store, _kept, TimeProvider.System, Log, mostSharing);
        await ApplyAsync(TestNetwork.Address);
        _kept.CloseLeft();
    }

    public long Counter(string name) =>
        Server.CountersOf(TestNetwork.Definition.Uuid!.Value).Single(counter => counter.Name == name).Value;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        foreach (RawGuest guest in Guests)
        {
            guest.Dispose();
        }

        Store.Dispose();
        await _host.ShellAsync("ip link del virbr0");
        _folder.Dispose();
    }
}
