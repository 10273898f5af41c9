using Microsoft.Extensions.Logging;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Answers;

/// <summary>
/// Takes a question from any network to its answer: local data, then what was kept, then upstream servers. One for all
/// networks, on one loop's thread, so that nothing in it needs a lock.
/// </summary>
internal sealed class DnsEngine
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _logger;
    private readonly AnswerCache _cache;
    private readonly Forwarder _forwarder;
    private readonly UpstreamDirectory _upstreams;
    private readonly WatchedFile<HostTable> _hosts;
    private readonly string _resolvConfPath;
    private readonly Dictionary<string, WatchedFile<ResolvConf>> _resolvFiles = [];
    private readonly Dictionary<string, WatchedFile<HostTable>> _hostsFiles = [];
    private readonly FoundAddresses _addresses = new();
    private readonly TimeProvider _clock;
    private readonly Func<NetAddress, bool> _isOwnAddress;
    private readonly Action<TimeSpan> _startTimer;
    private readonly ServerCookies _cookies;
    private readonly WarningRate _loops;
    private bool _ticking;

    /// <param name="startTimer">Asks for one call of <see cref="Tick"/> after this time.</param>
    /// <param name="isOwnAddress">Whether an address belongs to this host.</param>
    /// <param name="paths">Which way answers of upstreams can come.</param>
    public DnsEngine(
        DnsOptions options,
        IUpstreamTransport transport,
        Action<TimeSpan> startTimer,
        Func<NetAddress, bool> isOwnAddress,
        UpstreamPaths paths,
        TimeProvider clock,
        ILogger logger)
    {
        _logger = logger;
        _isOwnAddress = isOwnAddress;
        _startTimer = startTimer;
        _cookies = new ServerCookies(clock);
        _loops = new WarningRate(clock);
        _cache = new AnswerCache(clock, options.Forwarding.CacheBytes);
        _forwarder = new Forwarder(transport, _cache, paths, TrustsAuthenticData, options.Forwarding, clock, logger);
        _upstreams = new UpstreamDirectory(clock);
        _hosts = new WatchedFile<HostTable>(options.HostsPath, HostsFile.Parse, clock);
        _resolvConfPath = options.ResolvConfPath;
        _clock = clock;
    }

    /// <summary>A datagram from an upstream's direction.</summary>
    /// <param name="arrival">The interface that it came in through.</param>
    public void OnResponse(object port, NetEndpoint peer, int arrival, ReadOnlySpan<byte> message) =>
        _forwarder.OnResponse(port, peer, arrival, message);

    /// <summary>A question that did not reach its upstream.</summary>
    /// <param name="arrival">The interface through which that was said; 0 if the kernel itself did.</param>
    public void OnUndelivered(object port, NetEndpoint server, int arrival, ReadOnlySpan<byte> question) =>
        _forwarder.OnUndelivered(port, server, arrival, question);

    /// <summary>
    /// Answers a question now or later, through the channel. False if it deserves no answer.
    /// </summary>
    public bool OnQuestion(DnsNetwork network, IReplyChannel channel, NetEndpoint peer, ReadOnlySpan<byte> message)
    {
        DnsQueryVerdict verdict = DnsQuery.Parse(message, out DnsQuery query);
        if (verdict == DnsQueryVerdict.Ignore)
        {
            return false;
        }

        Span<byte> buffer = channel.Rent();
        int limit = channel.IsStream ? buffer.Length : Math.Min(query.PayloadSize, AnswerView.PayloadSize);
        DnsEdns? edns = EdnsFor(query, peer.Address);
        DnsAnswerWriter writer = new(buffer, limit, query, edns);
        if (verdict != DnsQueryVerdict.Ok)
        {
            DnsCode code = verdict switch
            {
                DnsQueryVerdict.NotImplemented => DnsCode.NotImplemented,
                DnsQueryVerdict.BadVersion => DnsCode.BadVersion,
                DnsQueryVerdict.CookieOnly => DnsCode.NoError,
                _ => DnsCode.FormatError,
            };
            channel.Send(Finish(ref writer, DnsDecision.Fail(code)), peer);
            network.Share.Counters.Count(DnsSource.Local, code);
            return true;
        }

        Span<byte> lowerName = stackalloc byte[DnsName.MaxLength];
        lowerName = lowerName[..query.Name.Length];
        DnsName.ToLower(query.Name, lowerName);
        LocalZone zone = network.Zone;
        LocalAnswers local = new(
            zone, _hosts.Content, zone.HostsFiles.Count == 0 ? [] : [.. zone.HostsFiles.Select(ReadHosts)], network.Leases,
            zone.UsesResolvConf ? Read(zone.ResolvFile ?? _resolvConfPath).Servers : [], _addresses);
        DnsDecision decision = local.Decide(query, lowerName, ref writer);
        if (decision.Servers is not null)
        {
            DnsClient client = new(channel, peer, query, edns, limit, decision.Exists);
            DnsQuestion question = new(
                network.Share, _upstreams.GroupOf(decision.Servers), lowerName, query.Type, query.DnssecOk, query.Header.Flags);
            if ((query.Header.Flags & DnsFlags.RecursionDesired) == 0)
            {
                // Who does not want others to be asked could only be told what other guests have asked.
                decision = DnsDecision.Refuse(DnsExtendedError.NotAuthoritative);
            }
            else if (!_isOwnAddress(peer.Address) || !IsLoop(network, question))
            {
                Forward(question, client);
                return true;
            }
            else
            {
                decision = DnsDecision.Refuse(DnsExtendedError.Prohibited);
            }
        }

        channel.Send(Finish(ref writer, decision), peer);
        network.Share.Counters.Count(DnsSource.Local, decision.Code);
        return true;
    }

    /// <summary>Answers of other servers that are kept, of all networks. Safe on any thread, a moment late.</summary>
    public int KeptAnswers => _cache.Count;

    /// <summary>Whether nobody waits for an answer.</summary>
    public bool IsAnswered => !_forwarder.AnyClientWaits;

    /// <summary>Time passes for questions under way.</summary>
    public void Tick()
    {
        _ticking = false;
        try
        {
            _forwarder.Tick();
        }
        finally
        {
            KeepTicking();
        }
    }

    /// <summary>Drops all that a network's guests wait for, and what they asked for: its sockets are closed.</summary>
    public void Forget(DnsNetwork network)
    {
        _forwarder.Forget(network.Share);
        _cache.Forget(network.Share);
    }

    /// <summary>Other rules for the answers of other servers: those that were kept are as the former rules left them.</summary>
    public void Use(DnsNetwork network, AnswerRules rules)
    {
        if (network.Share.AnswerRules != rules)
        {
            network.Share.AnswerRules = rules;
            _cache.Forget(network.Share);
        }
    }

    private void Forward(in DnsQuestion question, in DnsClient client)
    {
        if (!_cache.TryGet(question, out AnswerView answer, out bool isNearEnd))
        {
            _forwarder.Ask(question, client);
            KeepTicking();
            return;
        }

        client.Channel.Send(answer.Write(client.Channel.Rent(), client, question.Name, question.Type), client.Peer);
        question.Network.Counters.Count(DnsSource.Cache, answer.Header.Code);
        if (isNearEnd)
        {
            _forwarder.Refresh(question, client.Peer.Address);
            KeepTicking();
        }
    }

    /// <summary>
    /// A program of this host asks what this host was just asked on our behalf: the question went round. Without this it
    /// would wait for itself.
    /// </summary>
    private bool IsLoop(DnsNetwork network, in DnsQuestion question)
    {
        if (!_forwarder.WaitsForHost(question, _isOwnAddress))
        {
            return false;
        }

        if (_loops.TryTake(out _))
        {
            _logger.LoopDetected(network.Name, DnsName.ToText(question.Name));
        }

        return true;
    }

    /// <summary>
    /// Whether "authentic data" of a server may be passed on: only if nobody on the way can have written it, so of a resolver
    /// on this host, or where the administrator says so (trust-ad of the host's resolv.conf(5)). A file that a definition names
    /// would speak for all networks, so it does not count.
    /// </summary>
    private bool TrustsAuthenticData(NetEndpoint server) =>
        _isOwnAddress(server.Address)
        || (Read(_resolvConfPath) is { TrustsAuthenticData: true } host && host.Servers.Contains(server));

    private void KeepTicking()
    {
        if (!_ticking && _forwarder.Pending > 0)
        {
            _ticking = true;
            _startTimer(TickInterval);
        }
    }

    private ResolvConf Read(string resolvFile)
    {
        if (!_resolvFiles.TryGetValue(resolvFile, out WatchedFile<ResolvConf>? file))
        {
            file = new WatchedFile<ResolvConf>(resolvFile, ResolvConf.Parse, _clock);
            _resolvFiles[resolvFile] = file;
        }

        return file.Content;
    }

    private HostTable ReadHosts(string path)
    {
        if (!_hostsFiles.TryGetValue(path, out WatchedFile<HostTable>? file))
        {
            file = new WatchedFile<HostTable>(path, HostsFile.Parse, _clock);
            _hostsFiles[path] = file;
        }

        return file.Content;
    }

    private DnsEdns? EdnsFor(in DnsQuery query, NetAddress client) => query.Edns is not { } asked
        ? null
        : new DnsEdns(
            AnswerView.PayloadSize,
            DnssecOk: asked.DnssecOk,
            Cookie: asked.Cookie is { } cookie ? _cookies.Answer(cookie, client) : null);

    private static int Finish(ref DnsAnswerWriter writer, DnsDecision decision)
    {
        DnsFlags flags = DnsFlags.RecursionAvailable | (decision.Authoritative ? DnsFlags.Authoritative : DnsFlags.None);
        return writer.Finish(flags, decision.Code, decision.Error);
    }
}
