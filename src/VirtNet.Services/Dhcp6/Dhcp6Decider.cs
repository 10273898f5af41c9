using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Decides on one message (RFC 8415, 18.3, with dnsmasq's choices where it leaves some): nothing is sent, stored or read
/// from a clock here.
/// </summary>
internal readonly ref struct Dhcp6Decider
{
    /// <summary>IAs beyond this many are left unanswered, so that one message stays little work.</summary>
    private const int MaxIas = 8;

    /// <summary>The same for the addresses of all IAs, so that what is said of them fits an answer; the first of each counts anyway.</summary>
    private const int MaxAddresses = 8;

    /// <summary>Seconds for which a client has what another host gave it, until all hosts know that it is this host's now.</summary>
    private const uint UnconfirmedLease = 120;

    private readonly Dhcp6Message _message;
    private readonly Dhcp6Settings _settings;
    private readonly IDhcp6Bindings _bindings;
    private readonly DateTimeOffset _now;
    private readonly MacAddress? _mac;
    private readonly string _duid;
    private readonly string? _clientName;
    private readonly Dhcp6Reservation? _reservation;
    private readonly List<AddressKey> _taken;
    private readonly TagSet? _tags;
    private readonly bool _isIgnored;

    private Dhcp6Decider(
        in Dhcp6Message message, MacAddress? mac, IDhcp6Bindings bindings, Dhcp6Settings settings, DateTimeOffset now)
    {
        _message = message;
        _settings = settings;
        _bindings = bindings;
        _now = now;
        _mac = mac;
        _duid = Duid.Format(message.ClientId);
        _taken = [];
        string? sentName = Dhcp6Fqdn.TryParse(message.Fqdn, out string sent) && HostNames.IsLegal(sent) ? sent : null;
        _clientName = HostNames.FirstLabel(sentName);
        if (settings.Rules.HasTags)
        {
            _reservation = Classify(sentName, out _tags, out _isIgnored, ref _clientName);
        }

        else
        {
            _reservation = settings.ByDuid.GetValueOrDefault(_duid)
                ?? (_clientName is null ? null : settings.ByName.GetValueOrDefault(_clientName));
        }
    }

    /// <param name="mac">The client's, as far as it can be known.</param>
    /// <param name="serverDuid">What this server calls itself.</param>
    public static Dhcp6Decision Decide(
        in Dhcp6Message message, MacAddress? mac, ReadOnlySpan<byte> serverDuid, IDhcp6Bindings bindings,
        Dhcp6Settings settings, DateTimeOffset now)
    {
        if (Refuse(message, serverDuid) is { } reason)
        {
            return new Dhcp6Decision.Ignore(reason);
        }

        Dhcp6Decider decider = new(message, mac, bindings, settings, now);
        if (decider._isIgnored && message.Type is not (Dhcp6MessageType.Release or Dhcp6MessageType.Decline))
        {
            return new Dhcp6Decision.Ignore(Dhcp6Drop.Ignored);
        }

        Dhcp6Decision decision = message.Type switch
        {
            Dhcp6MessageType.Solicit => decider.Assign(
                message.RapidCommit ? Dhcp6MessageType.Reply : Dhcp6MessageType.Advertise, renews: false),
            Dhcp6MessageType.Request => decider.Assign(Dhcp6MessageType.Reply, renews: false),
            Dhcp6MessageType.Renew or Dhcp6MessageType.Rebind => decider.Assign(Dhcp6MessageType.Reply, renews: true),
            Dhcp6MessageType.Confirm => decider.OnConfirm(),
            Dhcp6MessageType.Release or Dhcp6MessageType.Decline => decider.GiveBack(),
            _ => new Dhcp6Decision.Answer(Dhcp6MessageType.Reply, Status: null, [], decider.NameWithoutAddress()),
        };
        return decision is Dhcp6Decision.Answer answer && decider._tags is { } tags ? answer with { Tags = tags } : decision;
    }

    /// <summary>Finds out what the client is like.</summary>
    /// <returns>What is reserved for it.</returns>
    private Dhcp6Reservation? Classify(string? sentName, out TagSet tags, out bool isIgnored, ref string? name)
    {
        DhcpRules rules = _settings.Rules;
        ClientTraits client = new(_message, _mac, _duid, sentName);
        tags = rules.Classify(client, _settings.Bridge, "dhcpv6");
        HostLine? host = _settings.Hosts.Recognize(client, rules, tags);
        if (DhcpRules.Any(rules.Nameless, tags))
        {
            name = null;
        }

        tags = rules.Concluded(tags);
        isIgnored = host?.Ignores == true || DhcpRules.Any(rules.Ignored, tags);
        return host is null ? null : Dhcp6SettingsReader.ReservationOf(host, _duid);
    }

    // RFC 8415, 16.2 to 16.12.
    private static Dhcp6Drop? Refuse(in Dhcp6Message message, ReadOnlySpan<byte> serverDuid)
    {
        bool server = !message.ServerId.IsEmpty;
        if (message.Type == Dhcp6MessageType.InformationRequest)
        {
            return message.Ias.GetEnumerator().MoveNext() || message.PrefixIas.GetEnumerator().MoveNext() ? Dhcp6Drop.Invalid
                : server && !message.ServerId.SequenceEqual(serverDuid) ? Dhcp6Drop.OtherServer
                : null;
        }

        bool needsServer = message.Type is Dhcp6MessageType.Request or Dhcp6MessageType.Renew or Dhcp6MessageType.Release
            or Dhcp6MessageType.Decline;
        return message.ClientId.IsEmpty || server != needsServer ? Dhcp6Drop.Invalid
            : server && !message.ServerId.SequenceEqual(serverDuid) ? Dhcp6Drop.OtherServer
            : null;
    }

    private Dhcp6Decision Assign(Dhcp6MessageType type, bool renews)
    {
        List<Dhcp6IaDecision> ias = [];
        int spare = MaxAddresses;
        foreach (Dhcp6Ia ia in _message.Ias)
        {
            spare--;
        }

        foreach (Dhcp6Ia ia in _message.Ias)
        {
            Dhcp6Client client = _bindings.Identify(new Dhcp6Client(_duid, ia.Id), _mac);
            if (ias.Count < MaxIas && !ias.Exists(other => other.Client == client))
            {
                ias.Add(Assign(client, AddressesOf(ia, ref spare), type, renews));
            }
        }

        List<uint>? prefixes = ListPrefixIas();
        if (ias.Count == 0 && prefixes is null && _message.Type != Dhcp6MessageType.Solicit)
        {
            return new Dhcp6Decision.Ignore(Dhcp6Drop.NothingAsked);
        }

        Dhcp6IaDecision? given = ias.Find(ia => ia.Address is not null);
        Dhcp6Status? status = given is not null ? Dhcp6Status.Success
            : ias.Count == 0 && prefixes is not null ? null // what it asked for is answered where it asked
            : ias.Count > 0 ? ias[0].Status ?? Dhcp6Status.NoAddressesAvailable
            : Dhcp6Status.NoAddressesAvailable;
        string? name = given?.Lease?.HostName
            ?? (given?.Address is { } offered ? NameFor(offered, _bindings.FindByClient(given.Client)) : null);
        return new Dhcp6Decision.Answer(type, status, ias, name)
        {
            RapidCommit = _message.Type == Dhcp6MessageType.Solicit && type == Dhcp6MessageType.Reply,
            RefusedPrefixes = prefixes ?? [],
            PrefixStatus = renews ? Dhcp6Status.NoBinding : Dhcp6Status.NoPrefixAvailable,
            Refused = given?.Lease is { } lease ? RefusedNameOf(given.Client, lease) : null,
        };
    }

    /// <summary>The client's wishes for prefixes, of which there are none here (RFC 8415, 18.3.2: said in each of them).</summary>
    private List<uint>? ListPrefixIas()
    {
        List<uint>? ids = null; // few clients ask for one
        foreach (Dhcp6Ia ia in _message.PrefixIas)
        {
            ids ??= [];
            if (ids.Count < MaxIas && !ids.Contains(ia.Id.Number))
            {
                ids.Add(ia.Id.Number);
            }
        }

        return ids;
    }

    /// <param name="spare">How many there may be besides the first.</param>
    private static List<AddressKey> AddressesOf(Dhcp6Ia ia, ref int spare)
    {
        List<AddressKey> addresses = [];
        foreach (UInt128 address in ia.Addresses)
        {
            if (addresses.Count == 0 || spare-- > 0)
            {
                addresses.Add(new AddressKey(address));
            }
        }

        return addresses;
    }

    /// <param name="named">What the client asks for or has; of these one is given, as all guests have one.</param>
    private Dhcp6IaDecision Assign(Dhcp6Client client, List<AddressKey> named, Dhcp6MessageType type, bool renews)
    {
        Lease? lease = _bindings.FindByClient(client);
        AddressKey? wish = named.Count > 0 ? named[0] : null;
        if (_message.Type == Dhcp6MessageType.Request && !named.TrueForAll(_settings.InSubnet))
        {
            return new Dhcp6IaDecision(client, Dhcp6Status.NotOnLink);
        }

        AddressKey? chosen = Choose(client, lease, wish, renews, out bool isKept);
        if (chosen is not { } address)
        {
            return new Dhcp6IaDecision(client, renews && lease is null ? Dhcp6Status.NoBinding : Dhcp6Status.NoAddressesAvailable)
            {
                IsKeptForOthers = isKept,
                Withdrawn = renews ? named : [],
                Ended = type == Dhcp6MessageType.Reply ? lease : null, // its address is not ours to give any more
            };
        }

        _taken.Add(address);
        uint seconds = _settings.LeaseOf(address, _reservation);
        seconds = _bindings.IsOfOtherHost(address) ? Math.Min(seconds, UnconfirmedLease) : seconds;
        bool binds = type == Dhcp6MessageType.Reply;
        return new Dhcp6IaDecision(client, Status: null)
        {
            Address = address,
            Seconds = seconds,
            IsDeprecated = _settings.RangeOf(address).IsDeprecated,
            Withdrawn = renews ? named.FindAll(old => old != address) : [],
            Lease = binds ? NewLease(client, lease, address, seconds) : null,
            Ended = binds && lease is not null && AddressKey.Of(lease.Address) != address ? lease : null,
            SharedDuid = client.Duid == _duid ? null : _duid,
        };
    }

    private TagSet Tags => _tags ?? TagSet.Empty;

    private AddressKey? Choose(in Dhcp6Client client, Lease? lease, AddressKey? wish, bool renews, out bool isKept)
    {
        isKept = false;
        if (!client.Ia.IsTemporary && ChooseReserved(client, lease) is { } reserved)
        {
            return reserved;
        }

        if (lease is not null && AddressKey.Of(lease.Address) is var leased
            && (_settings.IsForAnybody(leased, Tags) || (_bindings.IsShared && !_settings.IsSetAside(leased)))
            && IsUsable(leased, client))
        {
            return leased;
        }

        isKept = !(renews && lease is null && wish is null) && _bindings.AreKept(_mac);
        if (isKept)
        {
            return null;
        }

        if (wish is { } wished && IsUsable(wished, client)
            && (_settings.IsForAnybody(wished, Tags)
                || (_settings.InSubnet(wished) && !_settings.IsSetAside(wished) && _bindings.IsHeldFor(wished, client)))
            && (_message.Type != Dhcp6MessageType.Solicit || !_bindings.IsOfferedToOther(wished, client)))
        {
            return wished;
        }

        return renews && lease is null ? null : _bindings.FindFree(client, Tags, _taken);
    }

    /// <summary>What is reserved for the client: of several that which it has, else the first that is free.</summary>
    private AddressKey? ChooseReserved(in Dhcp6Client client, Lease? lease)
    {
        if (_reservation is null)
        {
            return null;
        }

        if (lease is not null && AddressKey.Of(lease.Address) is var leased && _reservation.Has(leased) && IsUsable(leased, client))
        {
            return leased;
        }

        for (int i = 0; _reservation.At(i) is { } address; i++)
        {
            if (address != _settings.Gateway && IsUsable(address, client))
            {
                return address;
            }
        }

        return null;
    }

    private bool IsUsable(AddressKey address, in Dhcp6Client client) =>
        !_taken.Contains(address) && !_bindings.IsBlocked(address) && !_bindings.IsHeldForOther(address, client)
        && (_bindings.FindByAddress(address) is not { } holder
            || (holder.ClientId == client.Duid && holder.Iaid == client.Ia));

    // RFC 8415, 18.3.3: only whether the addresses fit the link; who does not say any gets no answer.
    private Dhcp6Decision OnConfirm()
    {
        bool any = false;
        bool fits = true;
        foreach (Dhcp6Ia ia in _message.Ias)
        {
            foreach (UInt128 address in ia.Addresses)
            {
                any = true;
                fits &= _settings.InSubnet(new AddressKey(address));
            }
        }

        return any
            ? new Dhcp6Decision.Answer(
                Dhcp6MessageType.Reply, fits ? Dhcp6Status.Success : Dhcp6Status.NotOnLink, [], null)
            : new Dhcp6Decision.Ignore(Dhcp6Drop.NothingAsked);
    }

    // Only of one's own address: a guest must not be able to take addresses from others.
    private Dhcp6Decision.Answer GiveBack()
    {
        List<Dhcp6IaDecision> ias = [];
        foreach (Dhcp6Ia ia in _message.Ias)
        {
            // What a copy of another machine wants to give back may be that machine's: to be judged by where it comes from.
            Dhcp6Client said = new(_duid, ia.Id);
            Dhcp6Client alone = _bindings.Identify(said, _mac);
            Dhcp6Client client = _bindings.FindByClient(alone) is null ? said : alone;
            if (ias.Count >= MaxIas || ias.Exists(other => other.Client == client))
            {
                continue;
            }

            bool known = _bindings.FindByClient(client) is { } lease && ia.Names(AddressKey.Of(lease.Address).Value);
            ias.Add(new Dhcp6IaDecision(client, known ? null : Dhcp6Status.NoBinding)
            {
                Ended = known ? _bindings.FindByClient(client) : null,
                Blocks = known && _message.Type == Dhcp6MessageType.Decline,
            });
        }

        return new Dhcp6Decision.Answer(Dhcp6MessageType.Reply, Dhcp6Status.Success, ias, null);
    }

    // A client that says no name this time keeps the one it had.
    private Lease NewLease(in Dhcp6Client client, Lease? before, AddressKey address, uint seconds) => new(
        _settings.Network,
        address.ToAddress(),
        _mac ?? before?.Mac,
        client.Duid,
        client.Ia,
        NameFor(address, before),
        seconds == Dhcp6Range.Infinite ? null : DateTimeOffset.FromUnixTimeSeconds(_now.ToUnixTimeSeconds() + seconds));

    private string? NameFor(AddressKey address, Lease? before) =>
        ReservedName(address) ?? _settings.NameOfAddress.GetValueOrDefault(address)
            ?? (_clientName is not null && RefuseName(before) is null ? _clientName : KeptName(before));

    /// <summary>What a client is called that wants no address.</summary>
    private string? NameWithoutAddress() => _message.ClientId.IsEmpty ? null
        : _reservation is { Duid: not null, Name: { } reserved } ? reserved
        : _clientName is not null && RefuseName(before: null) is null ? _clientName : null;

    // A reservation by the name alone gives the name with its address only: else two clients would have it.
    private string? ReservedName(AddressKey address) =>
        _reservation is { Duid: not null } || _reservation?.Has(address) == true ? _reservation.Name : null;

    private string? KeptName(Lease? before) =>
        before?.HostName is { } had && !had.Equals(_clientName, StringComparison.OrdinalIgnoreCase) ? had : null;

    private NameRefusal? RefuseName(Lease? before) => _bindings.RefuseName(_clientName!, _mac, _duid, before);

    private RefusedName? RefusedNameOf(in Dhcp6Client client, Lease lease) =>
        _clientName is not null && !_clientName.Equals(lease.HostName, StringComparison.OrdinalIgnoreCase)
            && ReservedName(AddressKey.Of(lease.Address)) is null && RefuseName(_bindings.FindByClient(client)) is { } why
            ? new RefusedName(_clientName, why)
            : null;
}
