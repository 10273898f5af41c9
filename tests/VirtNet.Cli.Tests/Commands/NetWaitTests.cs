using VirtNet.Cli.Tests.Fakes;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed class NetWaitTests
{
    private const string Mac = "52:54:00:00:00:01";

    private static readonly DhcpLease Lease = new("virbr7", 1_800_000_000, 0, Mac, null, "10.0.0.7", 24, "web", null);

    private readonly CommandLine _line = new();
    private readonly FakeNetwork _network;

    public NetWaitTests()
    {
        _network = _line.Daemon.Add("lab", "11111111-2222-3333-4444-555555555555", active: true);
    }

    private NetworkEvent.LeaseChanged Given(DhcpLease lease) => new(_network.Ref, LeaseChangeKind.Added, lease);

    /// <summary>Does something once it is listened to leases, before anybody looks.</summary>
    private void WhenListening(Action<FakeConnection> happen) => _line.Connector.Subscribed = connection =>
    {
        if (connection.Registered == NetworkEventKind.Lease)
        {
            happen(connection);
        }
    };

    [Theory]
    [InlineData("lab")]
    [InlineData("lab web")]
    [InlineData("lab WEB --for name")]
    [InlineData("lab 52:54:0:0:0:1 --timeout 5")]
    [InlineData("lab web --timeout 0")]
    public async Task An_address_that_is_there_is_printed_at_once(string arguments)
    {
        _network.Leases.Add(Lease with { Mac = "52:54:00:00:00:02", IpAddress = "fd00::2", Type = 1 });
        _network.Leases.Add(Lease);
        (await _line.RunAsync("net-wait " + arguments)).Is("10.0.0.7\n\n");
    }

    [Fact]
    public async Task An_address_is_printed_when_it_is_given_to_the_guest_that_is_meant()
    {
        WhenListening(connection =>
        {
            connection.Raise(Given(Lease with { Mac = "52:54:00:00:00:02", IpAddress = "10.0.0.8", Hostname = "db" }));
            connection.Raise(Given(Lease));
        });
        (await _line.RunAsync("net-wait", "lab", "web")).Is("10.0.0.7\n\n");
    }

    [Fact]
    public async Task A_reserved_name_is_not_whoever_calls_itself_so()
    {
        _network.Xml = """
            <network><name>lab</name><ip address='10.0.0.1' prefix='24'><dhcp>
              <host mac='52:54:00:00:00:01' name='web' ip='10.0.0.7'/></dhcp></ip></network>
            """;
        _network.Leases.Add(Lease with { Mac = "52:54:00:00:00:66", IpAddress = "10.0.0.66" });
        WhenListening(connection => connection.Raise(Given(Lease with { Hostname = null })));
        (await _line.RunAsync("net-wait", "lab", "web")).Is("10.0.0.7\n\n");
    }

    [Fact]
    public async Task A_guest_is_known_by_its_port()
    {
        _network.Ports.Add(Guid.NewGuid(), $"<networkport><owner><name>web</name></owner><mac address='{Mac}'/></networkport>");
        _network.Leases.Add(Lease with { Mac = "52:54:00:00:00:66", IpAddress = "10.0.0.66" });
        _network.Leases.Add(Lease with { Hostname = null });
        (await _line.RunAsync("net-wait", "lab", "web")).Is("10.0.0.7\n\n");
    }

    [Fact]
    public async Task A_guest_with_several_interfaces_is_asked_about()
    {
        _network.Ports.Add(Guid.NewGuid(), $"<networkport><owner><name>web</name></owner><mac address='{Mac}'/></networkport>");
        _network.Ports.Add(Guid.NewGuid(), "<networkport><owner><name>web</name></owner><mac address='52:54:00:00:00:02'/></networkport>");
        (await _line.RunAsync("net-wait", "lab", "web")).Fails(
            "error: guest 'web' has several interfaces on network lab\n"
            + "hint: name one by its MAC address: 52:54:00:00:00:01, 52:54:00:00:00:02\n");
    }

    [Fact]
    public async Task Leases_of_an_earlier_run_do_not_count_until_the_network_runs()
    {
        _network.Active = false;
        _network.Leases.Add(Lease);
        WhenListening(connection =>
        {
            _network.Active = true;
            connection.Raise(new NetworkEvent.Lifecycle(_network.Ref, NetworkLifecycle.Started));
        });
        (await _line.RunAsync("net-wait", "lab", "web")).Is("10.0.0.7\n\n");
    }

    [Fact]
    public async Task A_name_may_come_after_the_address()
    {
        _network.Leases.Add(Lease with { Hostname = null });
        WhenListening(connection =>
        {
            connection.Raise(new NetworkEvent.LeaseChanged(_network.Ref, LeaseChangeKind.Renewed, Lease with { Hostname = null }));
            connection.Raise(new NetworkEvent.LeaseChanged(_network.Ref, LeaseChangeKind.Renewed, Lease with { IpAddress = "10.0.0.9" }));
        });
        (await _line.RunAsync("net-wait", "lab", Mac, "--for", "name")).Is("10.0.0.9\n\n");
    }

    [Theory]
    [InlineData("no address of 'web' on network lab", "lab web")]
    [InlineData("no address of any guest on network lab", "lab")]
    [InlineData("no name of any guest on network lab", "lab --for name")]
    [InlineData("network lab is still active", "lab --for gone")]
    public async Task The_end_of_the_time_is_one_line(string message, string arguments)
    {
        Task<CommandLine.Outcome> running = _line.RunAsync($"net-wait {arguments} --timeout 5");
        _line.Time.Advance(TimeSpan.FromSeconds(5));
        (await running).Fails($"error: timed out after 5 s: {message}\n");
    }

    [Fact]
    public async Task A_time_may_be_a_fraction_or_none()
    {
        Task<CommandLine.Outcome> running = _line.RunAsync("net-wait", "lab", "web", "--timeout", "0.25");
        _line.Time.Advance(TimeSpan.FromSeconds(0.25));
        (await running).Fails("error: timed out after 0.25 s: no address of 'web' on network lab\n");
        (await _line.RunAsync("net-wait", "lab", "web", "--timeout", "0")).Fails("error: timed out after 0 s: no address of 'web' on network lab\n");
    }

    [Fact]
    public async Task An_interrupt_ends_the_wait()
    {
        Task<CommandLine.Outcome> running = _line.RunAsync("net-wait", "lab");
        _line.Interrupt.Interrupt();
        (await running).Fails("error: interrupted: no address of any guest on network lab\n");
    }

    [Theory]
    [InlineData(NetworkEventKind.Lifecycle)]
    [InlineData(NetworkEventKind.Lease)]
    [InlineData(null)] // the look
    public async Task A_daemon_that_answers_nothing_is_not_waited_for(NetworkEventKind? silent)
    {
        _line.Connector.SilentKind = silent;
        _line.Daemon.IsSilent = silent is null;
        Task<CommandLine.Outcome> running = _line.RunAsync("net-wait", "lab", "web", "--timeout", "5");
        _line.Time.Advance(TimeSpan.FromSeconds(5));
        (await EndedAsync(running)).Fails("error: timed out after 5 s: no address of 'web' on network lab\n");
        running = _line.RunAsync("net-wait", "lab", "web");
        _line.Interrupt.Interrupt();
        (await EndedAsync(running)).Fails("error: interrupted: no address of 'web' on network lab\n");
    }

    [Fact]
    public async Task What_came_while_a_daemon_was_silent_has_been_looked_at()
    {
        _line.Daemon.IsSilent = true;
        WhenListening(connection =>
        {
            connection.Raise(Given(Lease with { Mac = "52:54:00:00:00:02", Hostname = "db" }));
            connection.Raise(Given(Lease));
        });
        Task<CommandLine.Outcome> running = _line.RunAsync("net-wait", "lab", "web", "--timeout", "5");
        _line.Time.Advance(TimeSpan.FromSeconds(5));
        (await EndedAsync(running)).Is("10.0.0.7\n\n");
    }

    [Fact(Timeout = 30_000)]
    public async Task The_end_of_a_registration_is_not_waited_for_long()
    {
        _network.Leases.Add(Lease);
        _line.Connector.IsSilentAtTheEnd = true;
        Task<CommandLine.Outcome> running = _line.RunAsync("net-wait", "lab", "web");
        while (!running.IsCompleted)
        {
            _line.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await running).Is("10.0.0.7\n\n");
    }

    /// <summary>A command that hangs is to fail by itself.</summary>
    private static Task<CommandLine.Outcome> EndedAsync(Task<CommandLine.Outcome> running) =>
        running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_lost_connection_is_an_error()
    {
        WhenListening(connection => connection.Close(ConnectionCloseReason.EndOfFile));
        (await _line.RunAsync("net-wait", "lab")).Fails(
            "error: Disconnected from network:///system?socket=/test due to end of file\n");
    }

    [Fact]
    public async Task A_network_that_is_removed_ends_the_wait()
    {
        WhenListening(connection =>
        {
            _line.Daemon.Networks.Clear();
            connection.Raise(new NetworkEvent.Lifecycle(_network.Ref, NetworkLifecycle.Undefined));
        });
        CommandLine.Outcome outcome = await _line.RunAsync("net-wait", "lab");
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith("error: network lab was removed while it was waited for\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_is_waited_for()
    {
        _network.Active = false;
        _line.Connector.Subscribed = connection =>
        {
            _network.Active = true;
            connection.Raise(new NetworkEvent.Lifecycle(_network.Ref, NetworkLifecycle.Started));
        };
        (await _line.RunAsync("net-wait", "lab", "--for", "active")).Is("\n");
        _line.Connector.Subscribed = connection =>
        {
            _line.Daemon.Networks.Clear();
            connection.Raise(new NetworkEvent.Lifecycle(_network.Ref, NetworkLifecycle.Stopped));
        };
        (await _line.RunAsync("net-wait", "lab", "--for", "gone")).Is("\n");
        (await _line.RunAsync("net-wait", "lab", "--for", "gone", "-o", "json")).Is(
            """
            {"version":1,"command":"net-wait","result":{"network":null,"for":"gone","address":null,"lease":null}}

            """);
    }

    [Fact]
    public async Task A_guest_is_gone_with_its_last_lease()
    {
        _network.Leases.Add(Lease);
        _network.Leases.Add(Lease with { IpAddress = "fd00::7", Type = 1 });
        WhenListening(connection =>
        {
            foreach (DhcpLease lease in _network.Leases.ToArray())
            {
                _network.Leases.Remove(lease);
                connection.Raise(new NetworkEvent.LeaseChanged(_network.Ref, LeaseChangeKind.Released, lease));
            }
        });
        (await _line.RunAsync("net-wait", "lab", "web", "--for", "gone")).Is("\n");
    }

    [Fact]
    public async Task Only_the_guests_leases_are_asked_for_and_only_when_one_has_ended()
    {
        _network.Leases.Add(Lease);
        WhenListening(connection =>
        {
            connection.Raise(new NetworkEvent.LeaseChanged(_network.Ref, LeaseChangeKind.Renewed, Lease));
            connection.Raise(new NetworkEvent.LeaseChanged(_network.Ref, LeaseChangeKind.Expired, Lease));
        });
        Task<CommandLine.Outcome> running = _line.RunAsync("net-wait", "lab", Mac, "--for", "gone", "--timeout", "5");
        _line.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, (await running).Status);
        Assert.Equal([Mac, Mac], _line.Daemon.LeaseQuestions);
    }

    [Fact]
    public async Task A_guest_is_published_when_all_of_it_is_reached()
    {
        _network.Leases.Add(Lease);
        Publish(TargetState.Up, "web");
        Publish(TargetState.Unresolved, "web");
        Publish(TargetState.Down, "other");
        WhenListening(connection =>
        {
            _line.Connector.Publications.RemoveAt(1);
            connection.Raise(new NetworkEvent.LeaseChanged(_network.Ref, LeaseChangeKind.Added, Lease));
        });
        (await _line.RunAsync("net-wait", "lab", "web", "--for", "published")).Is("\n");
    }

    [Fact]
    public async Task A_network_is_published_when_somebody_answers_for_everything()
    {
        Publish(TargetState.Up, "web");
        (await _line.RunAsync("net-wait", "lab", "--for", "published")).Is("\n");
        Publish(TargetState.Down, "other");
        Task<CommandLine.Outcome> running = _line.RunAsync("net-wait", "lab", "--for", "published", "--timeout", "5");
        _line.Time.Advance(TimeSpan.FromSeconds(5));
        (await running).Fails("error: timed out after 5 s: network lab does not publish, or not all that it publishes is reached\n");
    }

    [Fact]
    public async Task What_no_event_tells_of_is_looked_for_again()
    {
        Publish(TargetState.Down, "web");
        Task<CommandLine.Outcome> running = _line.RunAsync("net-wait", "lab", "--for", "published");
        _line.Connector.Publications.Clear();
        Publish(TargetState.Up, "web");
        _line.Time.Advance(TimeSpan.FromSeconds(1));
        (await running).Is("\n");
    }

    private void Publish(TargetState state, string guest) => _line.Connector.Publications.Add(new PublicationInForce(
        _network.Ref, null, null, "tcp", "80", true, true, null, [new PublicationTarget(guest, false, [], null, 1, false, state, null, null)], []));

    [Theory]
    [InlineData("unknown condition 'up'\nhint: one of: address, name, published, active, gone", "net-wait lab --for up")]
    [InlineData("a guest cannot be waited for with --for active: that is about the network", "net-wait lab web --for active")]
    [InlineData("Numeric value '-1' for <timeout> option is malformed or out of range", "net-wait lab --timeout=-1")]
    [InlineData("Numeric value '1e3' for <timeout> option is malformed or out of range", "net-wait lab --timeout 1e3")]
    public async Task A_wrong_wait_is_refused(string message, string command) =>
        (await _line.RunAsync(command)).Fails($"error: {message}\n");

    [Fact]
    public async Task The_lease_is_in_the_document()
    {
        _network.Leases.Add(Lease);
        (await _line.RunAsync("net-wait", "lab", "-o", "json")).Is(
            """
            {"version":1,"command":"net-wait","result":{"network":{"name":"lab","uuid":"11111111-2222-3333-4444-555555555555"},"for":"address","address":"10.0.0.7","lease":{"expires":"2027-01-15T08:00:00+00:00","mac":"52:54:00:00:00:01","protocol":"ipv4","address":"10.0.0.7","prefix":24,"hostname":"web","clientId":null,"iaid":null,"interface":"virbr7","host":null}}}

            """);
        Assert.Contains("10.0.0.7", (await _line.RunAsync("net-wait", "lab", "-o", "csv")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_waited_for_is_completed() =>
        (await _line.RunAsync("complete", "--", "net-wait", "lab", "--for", "")).Is("active\naddress\ngone\nname\npublished\n");
}
