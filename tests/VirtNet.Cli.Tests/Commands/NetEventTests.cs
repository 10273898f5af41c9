using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed class NetEventTests
{
    private readonly CommandLine _line = new();
    private readonly NetworkRef _network;

    public NetEventTests()
    {
        _network = _line.Daemon.Add("tnet", "11111111-2222-3333-4444-555555555555", active: true).Ref;
    }

    [Fact]
    public async Task The_kinds_of_events_are_listed() =>
        (await _line.RunAsync("net-event", "--list")).Is("lifecycle\nmetadata-change\n\n");

    [Theory]
    [InlineData("either --list or --event <type> is required", "net-event")]
    [InlineData("unknown event type bogus", "net-event --event bogus")]
    [InlineData("Numeric value '0' for <timeout> option is malformed or out of range", "net-event --event lifecycle --timeout 0")]
    [InlineData("Numeric value '-1' for <timeout> option is malformed or out of range", "net-event --event lifecycle --timeout -1")]
    public async Task A_wrong_wait_is_refused(string message, string command) =>
        (await _line.RunAsync(command)).Fails($"error: {message}\n");

    [Fact]
    public async Task The_first_event_ends_the_wait()
    {
        _line.Connector.Subscribed = connection =>
        {
            connection.Raise(new NetworkEvent.Lifecycle(_network, NetworkLifecycle.Stopped));
            connection.Raise(new NetworkEvent.Lifecycle(_network, NetworkLifecycle.Started));
        };
        (await _line.RunAsync("net-event", "--event", "lifecycle"))
            .Is("event 'lifecycle' for network tnet: Stopped\nevents received: 1\n\n");
    }

    [Fact]
    public async Task A_loop_goes_on_until_its_timeout()
    {
        _line.Connector.Subscribed = connection =>
        {
            connection.Raise(new NetworkEvent.MetadataChanged(_network, 0, null));
            connection.Raise(new NetworkEvent.MetadataChanged(_network, 2, "http://a.b/"));
        };
        Task<CommandLine.Outcome> running = _line.RunAsync("net-event", "--event", "metadata-change", "--loop", "--timeout", "3");
        _line.Time.Advance(TimeSpan.FromSeconds(3));
        (await running).Is(
            """
            event 'metadata-change' for network tnet: type description, uri <null>
            event 'metadata-change' for network tnet: type element, uri http://a.b/
            event loop timed out
            events received: 2


            """);
        Assert.Equal(NetworkEventKind.MetadataChange, _line.Connector.Last!.Registered);
    }

    [Fact]
    public async Task No_event_at_all_is_a_failure()
    {
        Task<CommandLine.Outcome> running = _line.RunAsync("net-event", "tnet", "--event", "lifecycle", "--timeout", "1");
        _line.Time.Advance(TimeSpan.FromSeconds(1));
        (await running).Is("event loop timed out\nevents received: 0\n\n", status: 1);
    }

    [Fact]
    public async Task An_interrupt_ends_the_wait()
    {
        Task<CommandLine.Outcome> running = _line.RunAsync("net-event", "--event", "lifecycle", "--loop");
        _line.Interrupt.Interrupt();
        (await running).Is("event loop interrupted\nevents received: 0\n\n", status: 1);
    }

    [Fact]
    public async Task A_lost_connection_is_said()
    {
        _line.Connector.Subscribed = connection => connection.Close(ConnectionCloseReason.EndOfFile);
        (await _line.RunAsync("net-event", "--event", "lifecycle", "--loop")).Is(
            "events received: 0\n\n",
            "error: Disconnected from network:///system?socket=/test due to end of file\n"
            + "error: internal error: client socket is closed\n",
            status: 1);
    }

    [Fact]
    public async Task People_and_programs_get_the_list_without_asking_for_it()
    {
        (await _line.RunAsync("net-event", "-o", "yaml")).Is(
            "---\nversion: 1\ncommand: net-event\nresult:\n  events:\n  - lifecycle\n  - metadata-change\n  - lease\n");
        _line.Interactive = true;
        (await _line.RunAsync("net-event")).Is("lifecycle\nmetadata-change\nlease\n\n");
    }

    [Fact]
    public async Task A_lost_connection_is_waited_for_on_demand()
    {
        int opened = 0;
        _line.Connector.Subscribed = connection =>
        {
            connection.Raise(new NetworkEvent.Lifecycle(_network, opened++ == 0 ? NetworkLifecycle.Started : NetworkLifecycle.Stopped));
            if (opened == 1)
            {
                connection.Close(ConnectionCloseReason.EndOfFile);
            }
            else
            {
                _line.Interrupt.Interrupt();
            }
        };
        (await _line.RunAsync("net-event", "--event", "lifecycle", "--loop", "--reconnect")).Is(
            "event 'lifecycle' for network tnet: Started\nevent 'lifecycle' for network tnet: Stopped\n"
            + "event loop interrupted\nevents received: 2\n\n",
            "virtnet: disconnected from network:///system?socket=/test, waiting for it to come back\nvirtnet: connected again\n");
    }

    [Fact]
    public async Task A_daemon_that_was_stopped_is_waited_for_and_not_started()
    {
        _line.Variables.Clear(); // the host's own daemon, which a command may start
        _line.Connector.Subscribed = connection =>
        {
            connection.Close(ConnectionCloseReason.EndOfFile);
            if (_line.Connector.Opened.Count == 2)
            {
                _line.Interrupt.Interrupt();
            }
        };
        await _line.RunAsync("net-event", "--event", "lifecycle", "--loop", "--reconnect");
        Assert.Equal([true, false], _line.Connector.Opened.Take(2).Select(target => target.IsDefault));
    }

    [Fact]
    public async Task A_daemon_that_stays_away_is_waited_for_no_longer_than_asked()
    {
        _line.Connector.Subscribed = connection =>
        {
            _line.Connector.Failure = Model.VirtNetException.System("Failed to connect socket to '/test'", 2, "No such file or directory");
            connection.Close(ConnectionCloseReason.EndOfFile);
        };
        Task<CommandLine.Outcome> running = _line.RunAsync("net-event", "--event", "lifecycle", "--loop", "--reconnect", "--timeout", "3");
        _line.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(("event loop timed out\nevents received: 0\n\n", 1), ((await running).Output, (await running).Status));
    }

    [Fact]
    public async Task Waiting_for_the_daemon_belongs_to_a_loop() => (await _line.RunAsync("net-event", "--event", "lifecycle", "--reconnect"))
        .Fails("error: Option --loop is required by option --reconnect\n");

    [Fact]
    public async Task Events_are_stamped_with_utc_on_demand()
    {
        _line.Connector.Subscribed =
            connection => connection.Raise(new NetworkEvent.Lifecycle(_network, NetworkLifecycle.Defined));
        (await _line.RunAsync("net-event", "--event", "lifecycle", "--timestamp")).Is(
            "2026-11-23 18:13:41.714+0000: event 'lifecycle' for network tnet: Defined\nevents received: 1\n\n");
    }

    [Fact]
    public async Task Events_are_one_json_document_a_line()
    {
        _line.Connector.Subscribed =
            connection => connection.Raise(new NetworkEvent.Lifecycle(_network, NetworkLifecycle.Started));
        (await _line.RunAsync("net-event", "--event", "lifecycle", "-o", "json")).Is(
            """
            {"version":1,"command":"net-event","result":{"event":"lifecycle","time":"2026-11-23T18:13:41.714+00:00","network":{"name":"tnet","uuid":"11111111-2222-3333-4444-555555555555"},"change":"started","metadataType":null,"uri":null,"lease":null}}
            {"version":1,"command":"net-event","result":{"received":1,"ended":"done"}}

            """);
    }

    [Fact]
    public async Task Leases_are_watched_like_other_events()
    {
        DhcpLease lease = new("virbr7", 1_800_000_000, 0, "52:54:00:00:00:01", null, "10.0.0.7", 24, "guest", "01:52:54");
        _line.Connector.Subscribed = connection =>
        {
            connection.Raise(new NetworkEvent.LeaseChanged(_network, LeaseChangeKind.Added, lease));
            connection.Raise(new NetworkEvent.LeaseChanged(
                _network, LeaseChangeKind.Released, lease with { ExpiryTime = 0, Hostname = null, ClientId = null }));
        };
        Task<CommandLine.Outcome> running = _line.RunAsync("net-event", "tnet", "--event", "lease", "--loop", "--timeout", "3");
        _line.Time.Advance(TimeSpan.FromSeconds(3));
        (await running).Is(
            """
            event 'lease' for network tnet: added 10.0.0.7/24, mac 52:54:00:00:00:01, hostname guest, client id 01:52:54, expires 2027-01-15 08:00:00+0000
            event 'lease' for network tnet: released 10.0.0.7/24, mac 52:54:00:00:00:01, hostname -, client id -, expires never
            event loop timed out
            events received: 2


            """);
        Assert.Equal(NetworkEventKind.Lease, _line.Connector.Last!.Registered);
    }

    [Fact]
    public async Task Leases_are_in_the_json_stream_and_in_its_list()
    {
        DhcpLease lease = new("virbr7", 1_800_000_000, 0, "52:54:00:00:00:01", null, "10.0.0.7", 24, "guest", null);
        _line.Connector.Subscribed =
            connection => connection.Raise(new NetworkEvent.LeaseChanged(_network, LeaseChangeKind.Expired, lease));
        (await _line.RunAsync("net-event", "--event", "lease", "-o", "json")).Is(
            """
            {"version":1,"command":"net-event","result":{"event":"lease","time":"2026-11-23T18:13:41.714+00:00","network":{"name":"tnet","uuid":"11111111-2222-3333-4444-555555555555"},"change":"expired","metadataType":null,"uri":null,"lease":{"expires":"2027-01-15T08:00:00+00:00","mac":"52:54:00:00:00:01","protocol":"ipv4","address":"10.0.0.7","prefix":24,"hostname":"guest","clientId":null,"iaid":null,"interface":"virbr7","host":null}}}
            {"version":1,"command":"net-event","result":{"received":1,"ended":"done"}}

            """);
        (await _line.RunAsync("net-event", "--list", "-o", "json")).Is(
            """
            {"version":1,"command":"net-event","result":{"events":["lifecycle","metadata-change","lease"]}}

            """);
    }
}
