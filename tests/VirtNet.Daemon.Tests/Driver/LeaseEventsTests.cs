using System.Net;
using VirtNet.Daemon.Driver;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Tests.Driver;

public sealed class LeaseEventsTests : IAsyncDisposable
{
    private readonly TestDaemon _daemon = new();
    private readonly List<NetworkEvent.LeaseChanged> _told = [];

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Theory]
    [InlineData(LeaseEvent.Added, LeaseChangeKind.Added)]
    [InlineData(LeaseEvent.Renewed, LeaseChangeKind.Renewed)]
    [InlineData(LeaseEvent.Released, LeaseChangeKind.Released)]
    [InlineData(LeaseEvent.Expired, LeaseChangeKind.Expired)]
    public async Task Clients_hear_what_happened_to_which_lease_as_long_as_they_want_to(LeaseEvent happened, LeaseChangeKind kind)
    {
        NetworkRef network = await _daemon.StartAsync(
            "<network><name>lab</name><bridge name='virbr7'/><ip address='10.7.0.1' prefix='24'/></network>");
        IDisposable subscription = new LeaseEvents(_daemon.Registry, _daemon.Services).Subscribe(_told.Add);
        LeaseChange change = new(happened, LeaseOf(network.Uuid));

        Assert.Single(_daemon.Services.Observers).OnChange(change);

        NetworkEvent.LeaseChanged told = Assert.Single(_told);
        Assert.Equal((network, kind), (told.Network, told.Change));
        Assert.Equal(
            new DhcpLease("virbr7", 1_800_000_000, 0, "52:54:00:00:00:01", null, "10.7.0.9", 24, "guest", "01:02"), told.Lease);
        subscription.Dispose();
        Assert.Empty(_daemon.Services.Observers);
    }

    [Fact]
    public void Of_a_network_that_is_gone_nothing_is_told()
    {
        using IDisposable subscription = new LeaseEvents(_daemon.Registry, _daemon.Services).Subscribe(_told.Add);
        LeaseChange change = new(LeaseEvent.Expired, LeaseOf(Guid.NewGuid()));
        _daemon.Services.Observers[0].OnChange(change);
        Assert.Empty(_told);
    }

    private static Lease LeaseOf(Guid network) => new(
        network, IPAddress.Parse("10.7.0.9"), MacAddress.Parse("52:54:00:00:00:01"), ClientId: "01:02", Iaid: null, HostName: "guest",
        DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
}
