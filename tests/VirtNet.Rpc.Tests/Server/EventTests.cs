using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Server;

public sealed class EventTests
{
    private const int Register = 313;
    private const int Deregister = 314;
    private static readonly NetworkRef One = new("one", Guid.Parse("11111111-2222-3333-4444-555555555555"));
    private static readonly NetworkRef Two = new("two", Guid.Parse("22222222-2222-3333-4444-555555555555"));

    [Fact]
    public async Task Every_registration_gets_the_events_it_asked_for_with_its_own_id()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        int all = (await peer.CallAsync(Register, new Payload().Int(0).UInt(0))).Int();
        int ofTwo = (await peer.CallAsync(Register, new Payload().Int(0).UInt(1).Network("whatever", Two.Uuid))).Int();
        int metadata = (await peer.CallAsync(Register, new Payload().Int(1).UInt(0))).Int();
        Assert.Equal(3, new HashSet<int> { all, ofTwo, metadata }.Count);

        server.Driver.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Started));
        RawPacket started = await peer.ReceiveAsync();
        Assert.Equal((RawPeer.Remote, 1u, 315, 2, 1u, 0), (
            started.Program, started.Version, started.Procedure, started.Type, started.Serial, started.Status));
        Assert.Equal(new Payload().Int(all).Network("one", One.Uuid).Int(2).Int(0).ToArray(), started.Payload);

        server.Driver.Raise(new NetworkEvent.Lifecycle(Two, NetworkLifecycle.Undefined));
        RawPacket[] undefined = [await peer.ReceiveAsync(), await peer.ReceiveAsync()];
        Assert.Equal([all, ofTwo], undefined.Select(e => e.Int()).Order());

        server.Driver.Raise(new NetworkEvent.MetadataChanged(One, 2, "urn:x"));
        RawPacket changed = await peer.ReceiveAsync();
        Assert.Equal(446, changed.Procedure);
        Assert.Equal(
            new Payload().Int(metadata).Network("one", One.Uuid).Int(2).Optional("urn:x").ToArray(), changed.Payload);
    }

    [Fact]
    public async Task Leases_are_told_to_those_who_asked_by_our_own_program_only()
    {
        const int registerLeases = 3;
        DhcpLease lease = new("virbr7", 1234567890123, 0, "52:54:00:00:00:01", null, "10.0.0.7", 24, "guest", "01:52");
        NetworkEvent.LeaseChanged added = new(One, LeaseChangeKind.Added, lease);
        await using TestServer server = new();
        using RawPeer libvirt = await server.OpenRawAsync();
        await libvirt.CallAsync(Register, new Payload().Int(0).UInt(0));
        await libvirt.CallAsync(Register, new Payload().Int(1).UInt(0));
        Assert.Equal(0, server.Driver.LeaseSubscriptions);

        using RawPeer ours = await server.OpenRawAsync();
        using RawPeer ofTwo = await server.OpenRawAsync();
        int id = (await ours.CallAsync(registerLeases, new Payload().UInt(0), RawPeer.VirtNet)).Int();
        int idOfTwo = (await ofTwo.CallAsync(
            registerLeases, new Payload().UInt(1).Network("two", Two.Uuid), RawPeer.VirtNet)).Int();
        Assert.Equal(1, server.Driver.LeaseSubscriptions);
        server.Driver.Raise(added);
        server.Driver.Raise(added with { Network = Two, Change = LeaseChangeKind.Expired });
        RawPacket first = await ours.ReceiveAsync();
        Assert.Equal((RawPeer.VirtNet, 4, 2, 1u), (first.Program, first.Procedure, first.Type, first.Serial));
        Assert.Equal(
            new Payload().Int(id).Network("one", One.Uuid).Int(0)
                .String("virbr7").Long(1234567890123).Int(0).Optional("52:54:00:00:00:01").UInt(0).String("10.0.0.7").UInt(24)
                .Optional("guest").Optional("01:52").ToArray(),
            first.Payload);
        Assert.Equal(idOfTwo, (await ofTwo.ReceiveAsync()).Int());

        // libvirt's procedure ends it, and with the last one the source is left alone.
        await ours.ReceiveAsync();
        await ours.CallAsync(Deregister, new Payload().Int(id));
        await ofTwo.CallAsync(Deregister, new Payload().Int(idOfTwo));
        Assert.Equal(0, server.Driver.LeaseSubscriptions);
        server.Driver.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Started));
        Assert.Equal(315, (await libvirt.ReceiveAsync()).Procedure);
    }

    [Fact]
    public async Task Nobody_means_leases_by_an_event_id_of_libvirt()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        Assert.Equal(1, (await peer.CallAsync(Register, new Payload().Int(int.MinValue).UInt(0))).Error().Code);
    }

    [Fact]
    public async Task Who_leaves_leases_waiting_is_dropped_like_any_other()
    {
        await using TestServer server = new();
        await using LibvirtConnection watching = await server.OpenAsync();
        using RawPeer slow = await server.OpenRawAsync();
        await slow.CallAsync(3, new Payload().UInt(0), RawPeer.VirtNet);
        await using NetworkEventSubscription subscription =
            await watching.SubscribeAsync(NetworkEventKind.Lease, One, TestServer.Token);
        DhcpLease lease = new("virbr7", 1, 0, "52:54:00:00:00:01", null, "10.0.0.7", 24, new string('x', 60_000), null);
        int told = 0;
        IAsyncEnumerator<NetworkEvent> events = subscription.GetAsyncEnumerator(TestServer.Token);
        while (server.Server.ClientCount > 1 && told < 1000)
        {
            server.Driver.Raise(new NetworkEvent.LeaseChanged(One, LeaseChangeKind.Renewed, lease));
            Assert.True(await events.MoveNextAsync());
            told++;
        }

        Assert.InRange(told, 1, 999);
        Assert.Equal(1, server.Server.ClientCount);
        Assert.Equal(lease, Assert.IsType<NetworkEvent.LeaseChanged>(events.Current).Lease);
    }

    [Fact]
    public async Task After_a_registration_has_ended_nothing_comes()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        int id = (await peer.CallAsync(Register, new Payload().Int(0).UInt(0))).Int();
        Assert.Empty((await peer.CallAsync(Deregister, new Payload().Int(id))).Payload);
        server.Driver.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Started));
        Assert.Equal(
            (1, 7, $"internal error: network event callback {id} not registered"),
            (await peer.CallAsync(Deregister, new Payload().Int(id))).Error());
    }

    [Fact]
    public async Task Nobody_ends_the_registration_of_another()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        using RawPeer other = await server.OpenRawAsync();
        int id = (await peer.CallAsync(Register, new Payload().Int(0).UInt(0))).Int();
        Assert.Equal(1, (await other.CallAsync(Deregister, new Payload().Int(id))).Error().Code);
        server.Driver.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Started));
        Assert.Equal(id, (await peer.ReceiveAsync()).Int());
    }

    [Fact]
    public async Task The_same_registration_twice_is_refused()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        await peer.CallAsync(Register, new Payload().Int(0).UInt(0));
        RawPacket reply = await peer.CallAsync(Register, new Payload().Int(0).UInt(0));
        Assert.Equal((8, 0, "invalid argument: event callback already tracked"), reply.Error());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public async Task An_unknown_event_is_refused(int eventId)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        RawPacket reply = await peer.CallAsync(Register, new Payload().Int(eventId).UInt(0));
        Assert.Equal((1, 7, $"internal error: unsupported network event ID {eventId}"), reply.Error());
    }

    [Fact]
    public async Task Registrations_end_with_their_connection()
    {
        await using TestServer server = new();
        RawPeer peer = await server.OpenRawAsync();
        await peer.CallAsync(Register, new Payload().Int(0).UInt(0));
        peer.Dispose();
        await TestServer.UntilAsync(() => server.Server.ClientCount == 0);
        server.Driver.Raise(new NetworkEvent.Lifecycle(One, NetworkLifecycle.Started));
        using RawPeer next = await server.OpenRawAsync(flags: 1);
        Assert.Equal(0, (await next.CallAsync(Register, new Payload().Int(0).UInt(0))).Status);
    }

    [Fact]
    public async Task Events_keep_their_order()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        await peer.CallAsync(Register, new Payload().Int(0).UInt(0));
        for (int i = 0; i < 1000; i++)
        {
            server.Driver.Raise(new NetworkEvent.Lifecycle(One with { Name = $"{i}" }, NetworkLifecycle.Started));
        }

        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(i, int.Parse(
                System.Text.Encoding.ASCII.GetString((await peer.ReceiveAsync()).Payload.AsSpan(8, i.ToString(
                    System.Globalization.CultureInfo.InvariantCulture).Length)),
                System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
