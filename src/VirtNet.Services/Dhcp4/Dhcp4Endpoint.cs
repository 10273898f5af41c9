using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Ports;
using VirtNet.Services.Sockets;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// DHCPv4 on one bridge: takes a message, decides, records, answers. Runs on the loop's thread, which is the only one to
/// touch it after it was made; leases are shared with others and locked for each message as a whole.
/// </summary>
internal sealed class Dhcp4Endpoint : IAsyncDisposable
{
    /// <summary>
    /// A client whose addresses are all in use by others is left to try again later: more than one port can claim.
    /// </summary>
    private const int MaxAttempts = 24;

    private readonly NetworkLeases _leases;
    private readonly LeaseStore _store;
    private readonly Dhcp4Bindings _bindings;
    private readonly Dhcp4Guard _guard;
    private readonly ConflictProbes _probes;
    private readonly LoopTimer _probesDue;
    private readonly Dhcp4Outbox _outbox;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly byte[] _frame = new byte[UdpFrame.HeaderLength + Dhcp4Reply.MaxLength];
    private readonly List<Dhcp4OptionCode> _omitted = [];
    private readonly WarningRate _omissions;
    private Dhcp4Settings _settings;
    private byte[] _mac;
    private NetAddress _gateway;
    private bool _closed;

    /// <param name="sockets">Not open yet; they are closed with it.</param>
    public Dhcp4Endpoint(
        Dhcp4Settings settings, Dhcp4Link link, Dhcp4Sockets sockets, LeaseStore store, Dhcp4Outbox outbox, DatagramLoop loop,
        TimeProvider clock, Random random, ILogger logger)
    {
        _settings = settings;
        Sockets = sockets;
        _gateway = GatewayOf(settings);
        Link = link;
        _mac = link.Mac;
        _store = store;
        _leases = store.Of(settings.Network);
        GuestPorts ports = new(link.Index, outbox.Ports, clock);
        _bindings = new Dhcp4Bindings(_leases, settings, ports, clock);
        _guard = new Dhcp4Guard(settings.Name, _leases, _bindings, ports, clock, logger);
        _probes = new ConflictProbes(clock);
        _probesDue = loop.CreateTimer(OnProbesDue);
        _outbox = outbox;
        _omissions = new WarningRate(clock);
        _clock = clock;
        _random = random;
        _logger = logger;
        NameRunningLeases();
        _guard.NotePortsOfKnown();
    }

    public Dhcp4Link Link { get; }

    public Dhcp4Sockets Sockets { get; }

    public Dhcp4Counters Counters { get; } = new();

    /// <summary>Whether a message waits until it is known that nobody has the address. The loop's thread only.</summary>
    public bool IsProbing => _probesDue.IsRunning;

    /// <summary>Opens the sockets; messages are served from now on. Throws <see cref="SystemCallException"/>.</summary>
    public void Open(DatagramLoop loop) => Sockets.Open(loop, OnDatagram, OnBootRequest);

    /// <summary>Goes on with other settings; leases and sockets stay.</summary>
    public void Use(Dhcp4Settings settings, byte[] mac)
    {
        lock (_leases.Sync)
        {
            _settings = settings;
            _gateway = GatewayOf(settings);
            _mac = mac;
            _bindings.Use(settings);
            NameRunningLeases();
        }
    }

    /// <summary>Handles one message. Attempt is greater than 0 when an address was found in use for it.</summary>
    public void Process(ReadOnlySpan<byte> datagram, uint source, ushort sourcePort, bool unicast, int attempt)
    {
        if (!Dhcp4Message.TryParse(datagram, out Dhcp4Message message))
        {
            Counters.Drop(Dhcp4Drop.Malformed);
            return;
        }

        _store.FollowClock();
        DateTimeOffset now = _clock.GetUtcNow();
        Dhcp4Decision decision;
        lock (_leases.Sync)
        {
            _leases.Expire(now);
            _bindings.Expire();
            decision = Dhcp4Decider.Decide(message, unicast, _bindings, _settings, now);
            if (_guard.Refuse(message, decision) is { } reason)
            {
                Counters.Drop(reason);
                return;
            }

            if (decision.NewAddress is { } address && !Offer(address, message))
            {
                Probe(address, new ParkedMessage(
                    datagram.ToArray(), source, sourcePort, unicast, new MacAddress(message.HardwareAddress), attempt));
                return;
            }

            Record(message, decision);
        }

        Conclude(message, decision, source, sourcePort);
    }

    /// <summary>Sends a frame, or what it carries if it is for a relay.</summary>
    public void Transmit(Dhcp4Destination destination, ReadOnlySpan<byte> frame)
    {
        if (_closed)
        {
            return;
        }

        if (!destination.IsRelay)
        {
            _outbox.Frames.Send(Link.Index, frame);
        }
        else
        {
            Sockets.Send(frame[UdpFrame.HeaderLength..], destination.Address, destination.Port);
        }
    }

    /// <summary>An ARP reply came in through the bridge.</summary>
    /// <param name="sender">The MAC that the frame came from.</param>
    public void OnArpReply(in ArpMessage reply, MacAddress sender)
    {
        MacAddress holder = new(reply.SenderMac);
        uint address = reply.Sender;
        if (!_probes.TakeAnswer(address, holder, out IReadOnlyList<ParkedMessage> waiting))
        {
            return;
        }

        if (!_probes.IsSilent(address))
        {
            lock (_leases.Sync)
            {
                // A machine that has just been given the address may well answer for it.
                if (_bindings.FindByAddress(address) is null)
                {
                    Counters.Conflicts++;
                    if (!_guard.BelieveAnswer(address, holder, sender))
                    {
                        _probes.Disregard(address);
                    }
                }
            }
        }

        foreach (ParkedMessage message in waiting)
        {
            Process(message.Datagram, message.Source, message.SourcePort, message.Unicast, message.Attempt + 1);
        }
    }

    /// <summary>What was counted, and what is held now. Safe on any thread.</summary>
    public IEnumerable<NetworkCounter> AllCounters()
    {
        lock (_leases.Sync)
        {
            return
            [
                .. Counters.All(),
                new("dhcp4.dropped.queue-full", Sockets.QueueOverflows),
                new("dhcp4.offered-now", _bindings.OfferCount),
                new("dhcp4.blocked-now", _bindings.BlockedCount),
            ];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Sockets.DisposeAsync();
        _bindings.Dispose();
    }

    /// <summary>Stops answering; on the loop's thread, before it is disposed of.</summary>
    public void Close()
    {
        _closed = true;
        _probesDue.Stop();
    }

    private static NetAddress GatewayOf(Dhcp4Settings settings) => NetAddress.From(Subnet.FromUInt32(settings.Gateway));

    private void OnDatagram(DatagramSocket socket, in Datagram datagram)
    {
        if (IsItsOwn(datagram))
        {
            Process(datagram.Payload, AddressOf(datagram.Peer), datagram.Peer.Port, unicast: datagram.Destination == _gateway, attempt: 0);
        }
    }

    /// <summary>At the port of boot servers: firmware asks for what was chosen from its menu. It binds nothing.</summary>
    private void OnBootRequest(DatagramSocket socket, in Datagram datagram)
    {
        if (!IsItsOwn(datagram))
        {
            return;
        }

        if (!Dhcp4Message.TryParse(datagram.Payload, out Dhcp4Message message))
        {
            Counters.Drop(Dhcp4Drop.Malformed);
            return;
        }

        Dhcp4Decision decision;
        lock (_leases.Sync)
        {
            decision = Dhcp4Decider.DecideBootItem(message, _bindings, _settings, _clock.GetUtcNow());
        }

        Conclude(message, decision, AddressOf(datagram.Peer), datagram.Peer.Port);
    }

    /// <summary>Whether a datagram came in a frame of the machine that it is about.</summary>
    private bool IsItsOwn(in Datagram datagram)
    {
        Counters.Received++;
        if (datagram.Payload.Length != ForeignFrameFilter.MarkLength)
        {
            return true;
        }

        Counters.Drop(Dhcp4Drop.OtherPort);
        _guard.NoteForeignFrame(ForeignFrameFilter.ClientOf(datagram.Payload));
        return false;
    }

    private static uint AddressOf(NetEndpoint peer)
    {
        Span<byte> octets = stackalloc byte[16];
        peer.Address.CopyTo(octets);
        return BinaryPrimitives.ReadUInt32BigEndian(octets);
    }

    /// <summary>Notes the offer of a new address.</summary>
    /// <returns>Whether it can be had without finding out first who uses it.</returns>
    private bool Offer(uint address, in Dhcp4Message message)
    {
        ClientKey client = _bindings.Identify(message);
        if (_bindings.IsBlocked(address) && !_bindings.IsUsable(address, client))
        {
            _bindings.Unblock(address);
            _probes.Disregard(address);
            _guard.NoteLastResort(address, client.Mac);
        }

        _bindings.AddOffer(address, client);
        return _probes.IsSilent(address);
    }

    private void Probe(uint address, ParkedMessage message)
    {
        if (message.Attempt >= MaxAttempts)
        {
            Counters.Drop(Dhcp4Drop.Exhausted);
            return;
        }

        if (!_probes.TryPark(address, message, out bool isNew))
        {
            Counters.Drop(Dhcp4Drop.Repeated);
            return;
        }

        if (isNew)
        {
            Span<byte> frame = stackalloc byte[ArpMessage.FrameLength];
            WireWriter writer = new(frame);
            ArpMessage.WriteProbe(ref writer, _mac, address);
            _outbox.Frames.Send(Link.Index, frame);
        }

        if (!_probesDue.IsRunning)
        {
            _probesDue.Start(ConflictProbes.Wait);
        }
    }

    private void OnProbesDue()
    {
        while (_probes.TakeSilent() is { } waiting)
        {
            foreach (ParkedMessage message in waiting)
            {
                Process(message.Datagram, message.Source, message.SourcePort, message.Unicast, message.Attempt);
            }
        }

        if (_probes.IsRunning)
        {
            _probesDue.Start(_probes.NextDue);
        }
    }

    private void Record(in Dhcp4Message message, Dhcp4Decision decision)
    {
        switch (decision)
        {
            case Dhcp4Decision.Acknowledge ack:
                Record(ack.Lease, ack.Seconds, ack.Before);
                _guard.NoteLease(message, ack);
                break;
            case Dhcp4Decision.Boot boot:
                Record(boot.Lease, boot.Seconds, boot.Before);
                _guard.NotePort(message, boot.Lease);
                break;
            case Dhcp4Decision.Release release:
                _leases.Remove(release.Lease);
                break;
            case Dhcp4Decision.Decline decline:
                _leases.Remove(decline.Lease);
                _guard.Decline(message, decline);
                break;
            default:
                break;
        }
    }

    private void Record(Lease lease, uint seconds, Lease? before)
    {
        if (before is not null)
        {
            _leases.Remove(before);
        }

        _leases.Put(lease, seconds == Dhcp4Range.Infinite ? null : TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Counts, tells and answers what was decided and recorded.</summary>
    private void Conclude(in Dhcp4Message message, Dhcp4Decision decision, uint source, ushort sourcePort)
    {
        Counters.Count(decision);
        if (_logger.IsEnabled(LogLevel.Debug) && message.HardwareAddress.Length == MacAddress.Length)
        {
            _logger.Decided(_settings.Name, message.Type, new MacAddress(message.HardwareAddress), decision);
        }

        Answer(message, decision, source, sourcePort);
    }

    private void TellOmitted(in Dhcp4Message message)
    {
        if (_omitted.Count > 0 && _omissions.TryTake(out long before))
        {
            _logger.OptionsOmitted(
                _settings.Name, new MacAddress(message.HardwareAddress), string.Join(", ", _omitted.Select(code => (byte)code)), before);
        }

        _omitted.Clear();
    }

    private void Answer(in Dhcp4Message message, Dhcp4Decision decision, uint source, ushort sourcePort)
    {
        int length = Dhcp4Reply.Write(
            _frame.AsSpan(UdpFrame.HeaderLength), message, decision, _settings, (ushort)_random.Next(ushort.MaxValue + 1), _omitted);
        TellOmitted(message);
        if (length == 0)
        {
            return;
        }

        Dhcp4Destination destination = Dhcp4Destination.Of(message, decision, source, sourcePort);
        Span<byte> frame = _frame.AsSpan(0, UdpFrame.HeaderLength + length);
        if (!destination.IsRelay)
        {
            new UdpFrame
            {
                DestinationMac = destination.IsBroadcast ? [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] : message.HardwareAddress,
                SourceMac = _mac,
                Destination = destination.Address,
                Source = _settings.Gateway,
                DestinationPort = destination.Port,
                SourcePort = decision is Dhcp4Decision.BootItem ? PxeBootItem.Port : Dhcp4Destination.ServerPort,
            }.WriteHeader(frame);
        }

        if (decision is Dhcp4Decision.Acknowledge or Dhcp4Decision.Boot)
        {
            _outbox.SendWhenCommitted(this, destination, frame);
        }
        else
        {
            Transmit(destination, frame);
        }
    }

    // A name that is given to a running client is its name at once, not when it renews.
    private void NameRunningLeases()
    {
        lock (_leases.Sync)
        {
            foreach (Dhcp4Reservation reservation in _settings.ByAddress.Values)
            {
                if (reservation is { Mac: { } mac, Name: { } name } && _bindings.FindByAddress(reservation.Address) is { } lease
                    && lease.Mac == mac)
                {
                    _leases.Rename(lease, name);
                }
            }
        }
    }
}

/// <summary>The bridge as the kernel knows it now; one of the same name made anew has another index.</summary>
internal sealed record Dhcp4Link(string Bridge, int Index, byte[] Mac);
