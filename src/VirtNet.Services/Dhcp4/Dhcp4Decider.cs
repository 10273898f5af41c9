using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Decides on one message as an authoritative server does (RFC 2131, 4.3, with dnsmasq's choices where it leaves some):
/// nothing is sent, stored or read from a clock here.
/// </summary>
internal readonly ref partial struct Dhcp4Decider
{
    /// <summary>A client may ask for less time than configured, but not for less than this many seconds.</summary>
    private const uint MinLease = 120;

    private readonly Dhcp4Message _message;
    private readonly Dhcp4Settings _settings;
    private readonly IDhcp4Bindings _bindings;
    private readonly DateTimeOffset _now;
    private readonly bool _unicast;
    private readonly ClientKey _client;
    private readonly Lease? _lease;
    private readonly string? _clientName;
    private readonly RefusedName? _refusedName;
    private readonly Dhcp4Reservation? _reservation;
    private readonly TagSet? _tags;
    private readonly bool _isIgnored;
    private readonly RelayWishes _wishes;

    private Dhcp4Decider(
        in Dhcp4Message message, in RelayWishes wishes, bool unicast, IDhcp4Bindings bindings, Dhcp4Settings settings, DateTimeOffset now)
    {
        _message = message;
        _wishes = wishes;
        _unicast = unicast;
        _bindings = bindings;
        _settings = settings;
        _now = now;
        _client = bindings.Identify(message);
        _lease = bindings.FindByClient(_client);
        string? sentName = HostNames.SentIn(message);
        _clientName = HostNames.FirstLabel(sentName);
        if (settings.Rules.HasTags)
        {
            _reservation = Classify(sentName, out _tags, out _isIgnored, ref _clientName);
        }
        else
        {
            _reservation = settings.ByMac.GetValueOrDefault(_client.Mac)
                ?? (_clientName is null ? null : settings.ByName.GetValueOrDefault(_clientName));
        }

        if (_clientName is not null && _reservation is not { Mac: not null, Name: not null }
            && message.Type is Dhcp4MessageType.Discover or Dhcp4MessageType.Request
            && bindings.RefuseName(_clientName, _client, _lease) is { } refusal)
        {
            _refusedName = new RefusedName(_clientName, refusal);
        }
    }

    private TagSet Tags => _tags ?? TagSet.Empty;

    /// <summary>What the client calls itself, if it may.</summary>
    private string? OwnName => _refusedName is null ? _clientName : null;

    /// <param name="unicast">Whether the message was sent to the server's own address.</param>
    public static Dhcp4Decision Decide(
        in Dhcp4Message message, bool unicast, IDhcp4Bindings bindings, Dhcp4Settings settings, DateTimeOffset now)
    {
        if (RefuseHardware(message) is { } drop)
        {
            return new Dhcp4Decision.Ignore(drop);
        }

        if (message.RelayAddress is not 0 and uint relay
            && (!settings.InSubnet(relay) || relay == settings.Gateway || IsEdge(relay, settings)))
        {
            return new Dhcp4Decision.Ignore(Dhcp4Drop.ForeignRelay);
        }

        RelayWishes wishes = RelayWishes.Of(message);
        if (wishes.Subnet != 0 && !settings.InSubnet(wishes.Subnet))
        {
            return new Dhcp4Decision.Ignore(Dhcp4Drop.ForeignSubnet);
        }

        Dhcp4Decider decider = new(message, wishes, unicast, bindings, settings, now);
        if (decider._isIgnored && message.Type is not (Dhcp4MessageType.Release or Dhcp4MessageType.Decline))
        {
            return new Dhcp4Decision.Ignore(Dhcp4Drop.Ignored);
        }

        Dhcp4Decision decision = message.Type switch
        {
            Dhcp4MessageType.Discover => decider.OnDiscover(),
            Dhcp4MessageType.Request => decider.OnRequest(),
            Dhcp4MessageType.Release => decider.OnRelease(),
            Dhcp4MessageType.Decline => decider.OnDecline(),
            Dhcp4MessageType.Inform => decider.OnInform(),
            Dhcp4MessageType.Bootp => decider.OnBootp(),
            _ => new Dhcp4Decision.Ignore(Dhcp4Drop.ServerMessage),
        };
        return decider._tags is { } tags
            ? decision with { Tags = tags, IsBroadcast = DhcpRules.Any(settings.Rules.Broadcast, tags) }
            : decision;
    }

    /// <summary>The same for what came to the port of boot servers.</summary>
    public static Dhcp4Decision DecideBootItem(
        in Dhcp4Message message, IDhcp4Bindings bindings, Dhcp4Settings settings, DateTimeOffset now)
    {
        if (RefuseHardware(message) is { } drop)
        {
            return new Dhcp4Decision.Ignore(drop);
        }

        if (message.ClientAddress == 0 || !settings.InSubnet(message.ClientAddress) || message.RelayAddress != 0
            || PxeBootItem.Find(message, settings) is not { } item)
        {
            return new Dhcp4Decision.Ignore(Dhcp4Drop.OtherBootService);
        }

        Dhcp4Decider decider = new(message, wishes: default, unicast: true, bindings, settings, now);
        return decider._isIgnored ? new Dhcp4Decision.Ignore(Dhcp4Drop.Ignored)
            : item with { Tags = decider._tags };
    }

    private static Dhcp4Drop? RefuseHardware(in Dhcp4Message message) =>
        message.HardwareType != 1 || message.HardwareAddress.Length != MacAddress.Length ? Dhcp4Drop.HardwareType
        : (message.HardwareAddress[0] & 1) != 0 || !message.HardwareAddress.ContainsAnyExcept((byte)0) ? Dhcp4Drop.HardwareAddress
        : null;

    /// <summary>Finds out what the client is like.</summary>
    /// <returns>What is reserved for it.</returns>
    private Dhcp4Reservation? Classify(string? sentName, out TagSet tags, out bool isIgnored, ref string? name)
    {
        DhcpRules rules = _settings.Rules;
        ClientKey sent = ClientKey.Of(_message);
        (tags, HostLine? host) = ClientClass.Of(
            _message, (rules.IgnoresClientIds ? null : sent.ClientId) ?? _lease?.ClientId, sentName, _settings);
        if (DhcpRules.Any(rules.Nameless, tags))
        {
            name = null;
        }

        tags = rules.Concluded(tags);
        isIgnored = host?.Ignores == true || DhcpRules.Any(rules.Ignored, tags);
        if (name is null && DhcpRules.Any(rules.Generated, tags))
        {
            name = sent.Mac.ToString().Replace(':', '-');
        }

        return host is null ? null : Dhcp4SettingsReader.ReservationOf(host, sent.Mac);
    }

    /// <summary>The reserved address, unless somebody else has it or it cannot be used.</summary>
    private uint? ReservedAddress =>
        _reservation is { Address: not 0 and uint address } && address != _settings.Gateway
            && _bindings.FindByAddress(address) is var holder && (holder is null || holder == _lease || IsOurs(holder))
            && _bindings.IsUsable(address, _client)
            ? address
            : null;

    private Dhcp4Decision OnDiscover()
    {
        (uint? address, bool isNew) = ChooseAddress();
        if (address is not { } offered || !_settings.InSubnet(offered))
        {
            return new Dhcp4Decision.Ignore(Dhcp4Drop.Exhausted);
        }

        uint held = SecondsHeld(_bindings.FindHeld(offered));
        return new Dhcp4Decision.Offer(offered, Math.Min(LeaseSeconds(offered), held == 0 ? uint.MaxValue : held), OfferedName(offered), isNew);
    }

    private Choice ChooseAddress()
    {
        if (ReservedAddress is { } reserved)
        {
            return new Choice(reserved, IsNew: false);
        }

        if (_lease is not null && Subnet.ToUInt32(_lease.Address) is var leased && (IsForAnybody(leased) || IsOfSharedNetwork(leased)))
        {
            return new Choice(leased, IsNew: false);
        }

        if (_bindings.FindHeldOf(_client) is { } held && Subnet.ToUInt32(held.Lease.Address) is var moved
            && SecondsHeld(held) > 0 && moved != _settings.Gateway && _bindings.FindByAddress(moved) is null
            && !_settings.ByAddress.ContainsKey(moved) && _bindings.IsUsable(moved, _client))
        {
            return new Choice(moved, IsNew: true);
        }

        uint wish = _message.RequestedAddress ?? 0;
        if (wish != 0 && IsForAnybody(wish) && _bindings.FindByAddress(wish) is null
            && !_bindings.IsOfferedToOther(wish, _client) && _bindings.IsUsable(wish, _client))
        {
            return new Choice(wish, IsNew: true);
        }

        return new Choice(_bindings.FindFree(_client, Tags), IsNew: true);
    }

    private Dhcp4Decision OnRelease() =>
        !IsForUs ? new Dhcp4Decision.Ignore(Dhcp4Drop.OtherServer)
        : _lease is not null && Subnet.ToUInt32(_lease.Address) == _message.ClientAddress
            ? new Dhcp4Decision.Release(_lease)
            : new Dhcp4Decision.Ignore(Dhcp4Drop.UnknownLease);

    // Only of one's own address: a guest must not be able to take addresses from others.
    private Dhcp4Decision OnDecline() =>
        !IsForUs ? new Dhcp4Decision.Ignore(Dhcp4Drop.OtherServer)
        : _lease is not null && _message.RequestedAddress is { } address && Subnet.ToUInt32(_lease.Address) == address
            ? new Dhcp4Decision.Decline(address, _lease)
            : new Dhcp4Decision.Ignore(Dhcp4Drop.UnknownLease);

    private Dhcp4Decision OnInform()
    {
        uint address = _message.ClientAddress;
        if (address == 0 || !_settings.InSubnet(address))
        {
            return new Dhcp4Decision.Ignore(Dhcp4Drop.InformAddress);
        }

        string? leased = (_lease ?? _bindings.FindByAddress(address))?.HostName;
        return new Dhcp4Decision.Inform(
            _reservation?.Name ?? _clientName ?? leased ?? _settings.NameOfAddress.GetValueOrDefault(address));
    }

    // RFC 951 knows no lease times, so a pool is given out only where a line wants that; an address is for ever unless a
    // reservation says otherwise.
    private Dhcp4Decision OnBootp()
    {
        uint? chosen = _reservation?.Mac is not null && ReservedAddress is { } reserved ? reserved
            : DhcpRules.Any(_settings.Rules.BootpFromPool, Tags) ? ChooseAddress().Address
            : null;
        if (chosen is not { } address || !_settings.InSubnet(address))
        {
            return new Dhcp4Decision.Ignore(Dhcp4Drop.NoReservation);
        }

        uint seconds = _reservation?.Lease ?? Dhcp4Range.Infinite;
        string? name = NameFor(address);
        return new Dhcp4Decision.Boot(NewLease(address, seconds, name), seconds, name, OtherLeaseThan(address));
    }

    /// <summary>Whom the client takes for its server.</summary>
    private uint ServerId => _wishes.ServerOr(_settings.Gateway);

    private bool IsForUs => _message.ServerId == ServerId;

    /// <summary>Whether an address is one that any client may get: in a range, not the gateway's, reserved for nobody.</summary>
    private bool IsForAnybody(uint address) =>
        _settings.IsOpen(address, Tags) && address != _settings.Gateway && !_settings.ByAddress.ContainsKey(address);

    /// <summary>Whether it may be a lease that came with its client from another host: in no range of this one, and nobody else's.</summary>
    private bool IsOfSharedNetwork(uint address) =>
        _bindings.IsShared && _settings.InSubnet(address) && address != _settings.Gateway && !_settings.ByAddress.ContainsKey(address);

    // A machine that comes back with another client id (another operating system, say) may have what is reserved for it.
    private bool IsOurs(Lease lease) => _reservation?.Mac is { } mac && lease.Mac == mac;

    private Lease? OtherLeaseThan(uint address) =>
        _lease is not null && Subnet.ToUInt32(_lease.Address) != address ? _lease : null;

    /// <summary>
    /// For how long this client may have what is held for it. Until all hosts know that it is this host's now, another one gives the
    /// address away as soon as the lease ends that is known of there.
    /// </summary>
    /// <returns>0 = not at all, or nothing is held.</returns>
    private uint SecondsHeld(HeldLease? held)
    {
        if (held is null || !_bindings.IsUsable(Subnet.ToUInt32(held.Lease.Address), _client))
        {
            return 0;
        }

        if (held is { Host: null } or { Lease.Expires: null })
        {
            return Dhcp4Range.Infinite;
        }

        double left = Math.Ceiling((held.Lease.Expires.Value - _now).TotalSeconds);
        return left >= MinLease ? (uint)Math.Min(left, Dhcp4Range.Infinite - 1)
            : _bindings.IsLinked ? MinLease // it was prolonged since, or the others would have said that it ended
            : 0;
    }

    private uint LeaseSeconds(uint address)
    {
        uint configured = _reservation?.Lease ?? _settings.FindRange(address)?.Lease ?? _settings.DefaultLease;
        return _message.LeaseTime is { } asked && (configured == Dhcp4Range.Infinite || asked < configured)
            ? Math.Max(asked, MinLease)
            : configured;
    }

    /// <summary>
    /// In an OFFER only a name that is sure, and no other than the client's own if it has one: some clients take an offer
    /// of another name for one that is meant for somebody else.
    /// </summary>
    private string? OfferedName(uint address)
    {
        bool fqdn = !_message.Fqdn.IsEmpty;
        return ReservedName(address) is { } reserved
            ? fqdn || _clientName is null || _clientName.Equals(reserved, StringComparison.OrdinalIgnoreCase) ? reserved : null
            : fqdn ? OwnName : null;
    }

    private string? NameFor(uint address) =>
        ReservedName(address) ?? _settings.NameOfAddress.GetValueOrDefault(address) ?? OwnName;

    // A reservation by the name alone gives the name with its address only: else two clients would have it.
    private string? ReservedName(uint address) =>
        _reservation is { Mac: not null } || _reservation?.Address == address ? _reservation.Name : null;

    // What a client does not say this time it keeps: its name, and its id, by which others with its MAC are told from it.
    private Lease NewLease(uint address, uint seconds, string? name) => new(
        _settings.Network,
        _lease is not null && Subnet.ToUInt32(_lease.Address) == address ? _lease.Address : Subnet.FromUInt32(address),
        _client.Mac,
        _client.ClientId ?? Had?.ClientId,
        Iaid: null,
        name ?? KeptName,
        seconds == Dhcp4Range.Infinite
            ? null
            : DateTimeOffset.FromUnixTimeSeconds(_now.ToUnixTimeSeconds() + seconds));

    /// <summary>The client's lease until now, here or on another host.</summary>
    private Lease? Had => _lease ?? _bindings.FindHeldOf(_client)?.Lease;

    private string? KeptName =>
        Had?.HostName is { } had && !had.Equals(_refusedName?.Name, StringComparison.OrdinalIgnoreCase) ? had : null;

    private static bool IsEdge(uint address, Dhcp4Settings settings) =>
        address == settings.Broadcast || address == (settings.Gateway & settings.Mask);

    private readonly record struct Choice(uint? Address, bool IsNew);
}
