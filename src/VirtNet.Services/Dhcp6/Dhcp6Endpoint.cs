using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Ports;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// DHCPv6 on one bridge: takes a message, decides, records, answers. Runs on the loop's thread, which is the only one to
/// touch it after it was made; leases are shared with others and locked for each message as a whole.
/// </summary>
internal sealed class Dhcp6Endpoint : IAsyncDisposable
{
    private const ushort ClientPort = 546;

    private readonly byte[] _buffer = new byte[Dhcp6Reply.MaxLength];
    private readonly string _bridge;
    private readonly int _bridgeIndex;
    private readonly Dhcp6Sockets _sockets;
    private readonly byte[] _serverDuid;
    private readonly LeaseStore _store;
    private readonly NetworkLeases _leases;
    private readonly Dhcp6Bindings _bindings;
    private readonly Dhcp6Guard _guard;
    private readonly Dhcp6Outbox _outbox;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Dhcp6Counters _counters = new();
    private Dhcp6Settings _settings;
    private bool _closed;

    /// <param name="device">The number of the settings' bridge.</param>
    /// <param name="sockets">Go with it.</param>
    public Dhcp6Endpoint(
        Dhcp6Settings settings,
        int device,
        Dhcp6Sockets sockets,
        byte[] serverDuid,
        LeaseStore store,
        Dhcp6Outbox outbox,
        TimeProvider clock,
        ILogger logger)
    {
        _settings = settings;
        _bridge = settings.Bridge;
        _bridgeIndex = device;
        _sockets = sockets;
        _serverDuid = serverDuid;
        _store = store;
        _leases = store.Of(settings.Network);
        GuestPorts ports = new(_bridgeIndex, outbox.Ports, clock);
        _bindings = new Dhcp6Bindings(_leases, settings, ports, clock);
        _guard = new Dhcp6Guard(settings.Name, _leases, _bindings, ports, clock, logger);
        _outbox = outbox;
        _clock = clock;
        _logger = logger;
        NameRunningLeases();
    }

    public string Bridge => _bridge;

    public Dhcp6Sockets Sockets => _sockets;

    /// <summary>Whether it serves the bridge that has this name now: one made anew is another interface.</summary>
    public bool Serves(string bridge) => bridge == _bridge && Libc.InterfaceIndex(bridge) == _bridgeIndex;

    /// <summary>Opens the socket; messages are served from now on. Throws <see cref="SystemCallException"/>.</summary>
    public void Open(DatagramLoop loop) => _sockets.Open(loop, OnDatagram);

    /// <summary>Goes on with other settings; leases and the socket stay.</summary>
    public void Use(Dhcp6Settings settings)
    {
        lock (_leases.Sync)
        {
            _settings = settings;
            _bindings.Use(settings);
            NameRunningLeases();
        }
    }

    public void Transmit(NetEndpoint client, ReadOnlySpan<byte> message)
    {
        if (_closed)
        {
            return;
        }

        try
        {
            _sockets.Send(message, client);
        }
        catch (SystemCallException e)
        {
            _logger.NotSent(_bridge, e.Message);
        }
    }

    /// <summary>Stops answering; on the loop's thread, before it is disposed of.</summary>
    public void Close() => _closed = true;

    /// <summary>What was counted, and what is held now. Safe on any thread.</summary>
    public IEnumerable<NetworkCounter> AllCounters()
    {
        lock (_leases.Sync)
        {
            return
            [
                .. _counters.All(),
                new("dhcp6.dropped.queue-full", _sockets.QueueOverflows),
                new("dhcp6.offered-now", _bindings.OfferCount),
                new("dhcp6.blocked-now", _bindings.BlockedCount),
            ];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sockets.DisposeAsync();
        _bindings.Dispose();
    }

    // Clients write to the servers' group from an address of the link (RFC 8415, 14 and 16), which is not always their
    // link-local one while that is being checked for duplicates. Anything else wants an answer sent elsewhere.
    private void OnDatagram(DatagramSocket socket, in Datagram datagram)
    {
        _counters.Received++;
        if (datagram.Payload.Length == ForeignSourceFilter.MarkLength)
        {
            _counters.Drop(Dhcp6Drop.OtherPort);
            _guard.NoteForeignSource(datagram.Peer.Address.ToIPAddress().ToString());
            return;
        }

        if (datagram.Destination != Dhcp6Sockets.Servers || !IsOnLink(datagram.Peer.Address)
            || !Dhcp6Message.TryParse(datagram.Payload, out Dhcp6Message message))
        {
            _counters.Drop(Dhcp6Drop.Malformed);
            return;
        }

        _store.FollowClock();
        DateTimeOffset now = _clock.GetUtcNow();
        MacAddress? sender = GuestMac.InAddress(datagram.Peer.Address)
            ?? _outbox.Ports.FindMac(_bridgeIndex, datagram.Peer.Address);
        Dhcp6Decision decision;
        lock (_leases.Sync)
        {
            _leases.Expire(now);
            _bindings.Expire();
            decision = Dhcp6Decider.Decide(
                message, sender ?? Duid.MacIn(message.ClientId), _serverDuid, _bindings, _settings, now);
            decision = _guard.Check(message.Type, decision, sender);
            Dhcp6Recorder.Record(decision, _leases, _bindings, _guard, sender);
        }

        _counters.Count(decision);
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            _logger.Decided(_settings.Name, message.Type, Duid.Format(message.ClientId), decision);
        }

        if (decision is Dhcp6Decision.Answer answer)
        {
            Answer(message, answer, datagram.Peer with { Port = ClientPort });
        }
    }

    private bool IsOnLink(NetAddress source) =>
        source.IsLinkLocalV6 || (source.IsV6 && _settings.IsOnLink(source.ToIPAddress()));

    private void Answer(in Dhcp6Message message, Dhcp6Decision.Answer answer, NetEndpoint client)
    {
        ReadOnlySpan<byte> reply = _buffer.AsSpan(0, Dhcp6Reply.Write(_buffer, message, answer, _serverDuid, _settings));
        if (reply.IsEmpty)
        {
            return;
        }

        if (answer.Ias.Any(ia => ia.Lease is not null || ia.Ended is not null))
        {
            _outbox.SendWhenCommitted(this, client, reply);
        }
        else
        {
            Transmit(client, reply);
        }
    }

    // A name that is given to a running client is its name at once, not when it renews.
    private void NameRunningLeases()
    {
        lock (_leases.Sync)
        {
            foreach (Dhcp6Reservation reservation in _settings.ByDuid.Values)
            {
                if (reservation is { Name: { } name, Address: { } address } && _leases.Find(address) is { } lease
                    && lease.ClientId == reservation.Duid)
                {
                    _leases.Rename(lease, name);
                }
            }
        }
    }
}
