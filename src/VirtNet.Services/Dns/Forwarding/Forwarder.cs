using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Services.Sockets;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// Asks upstream servers on behalf of clients: strictly in order, the next on failure or silence; equal questions of one
/// network at the same time are asked once. A response counts only if its id, port, sender, question, capitals and cookie
/// are those sent, and if it came from where the sender is. The loop's thread only; time moves by <see cref="Tick"/>.
/// </summary>
/// <param name="trustsAuthenticData">Whether a server's AD bit is passed on.</param>
internal sealed partial class Forwarder(
    IUpstreamTransport transport,
    AnswerCache cache,
    UpstreamPaths paths,
    Func<NetEndpoint, bool> trustsAuthenticData,
    ForwarderOptions options,
    TimeProvider clock,
    ILogger logger)
{
    private readonly PendingTable _pending = new();

    /// <summary>For questions of our own, that find out whether a server is there.</summary>
    private readonly NetworkShare _probes = new(0, "");
    private readonly RandomSource _random = new();
    private readonly WarningRate _noSocket = new(clock);
    private readonly ushort[] _offsets = new ushort[DnsResponse.MaxTimedRecords];

    /// <summary>Questions under way.</summary>
    public int Pending => _pending.Count;

    /// <inheritdoc cref="PendingTable.AnyClientWaits"/>
    public bool AnyClientWaits => _pending.AnyClientWaits;

    /// <summary>Datagrams that looked like responses and were none of ours, late, or forged.</summary>
    public long Unexpected { get; private set; }

    /// <summary>Whether this question waits for a server that is this very host.</summary>
    public bool WaitsForHost(in DnsQuestion question, Func<NetAddress, bool> isOwnAddress) =>
        _pending.Find(question) is { } query && query.Attempts.Exists(attempt => isOwnAddress(attempt.Server.Endpoint.Address));

    /// <summary>Asks, or joins those who wait for the same.</summary>
    public void Ask(in DnsQuestion question, in DnsClient client)
    {
        if (_pending.Find(question) is { } known)
        {
            known.AddClient(client);
            return;
        }

        // Who floods loses his oldest questions: those that nobody answers any more.
        if (_pending.Displaced(question.Network, client.Peer.Address, options) is { } displaced)
        {
            ReportCrowding(displaced.Client);
            Fail(displaced);
        }

        PendingQuery query = Start(question, client.Peer.Address);
        query.AddClient(client);
        Begin(query);
    }

    /// <summary>Asks anew for an answer that is about to expire, if there is room; nobody waits for it.</summary>
    /// <param name="asker">Whose question it was.</param>
    public void Refresh(in DnsQuestion question, NetAddress asker)
    {
        if (_pending.Find(question) is null && _pending.Displaced(question.Network, asker, options) is null)
        {
            Begin(Start(question, asker));
        }
    }

    /// <summary>Drops all that one network's guests wait for.</summary>
    public void Forget(NetworkShare network)
    {
        while (network.Clients.Largest is { } client)
        {
            _pending.End(client.Queries.First!.Value);
        }
    }

    /// <summary>Repeats, gives up or goes to the next server wherever it is time; to be called a few times a second.</summary>
    public void Tick()
    {
        long now = clock.GetTimestamp();
        ExceptionDispatchInfo? failure = null;
        for (int i = _pending.Count - 1; i >= 0; i--)
        {
            if (i < _pending.Count && _pending[i] is { } query && query.NextStep <= now)
            {
                try
                {
                    Step(query, now);
                }
                catch (Exception e)
                {
                    // A question that cannot go on must not keep the others from going on, nor be tried again for ever.
                    failure ??= ExceptionDispatchInfo.Capture(e);
                    Drop(query);
                }
            }
        }

        failure?.Throw();
    }

    private PendingQuery Start(in DnsQuestion question, NetAddress asker)
    {
        PendingQuery query = _pending.Start(question, asker, clock.GetTimestamp());
        query.NameCase = DnsNameCase.FromRandom(_random.Next((question.Name.Length + 7) / 8));
        return query;
    }

    private void Begin(PendingQuery query)
    {
        long now = query.StartedAt;
        query.NextStep = now + Ticks(options.Waits[0]);
        UpstreamServer first = query.NextServer();
        bool sent = TrySend(query, first, now);

        // A server that may be down is tried, but not waited for.
        if (first.IsSuspect && query.NextServer() is { IsSuspect: false } second && second != first)
        {
            sent |= TrySend(query, second, now);
        }

        if (!sent && !TryElsewhere(query))
        {
            Fail(query);
        }
    }

    private void Step(PendingQuery query, long now)
    {
        CountSilence(query);
        query.Rounds++;
        if (query.ByStream || query.Rounds >= options.Waits.Count || query.Network == _probes)
        {
            Fail(query);
            return;
        }

        query.NextStep = now + Ticks(options.Waits[query.Rounds]);
        if (!TrySend(query, query.NextServer(), now) && !TryElsewhere(query) && !query.MayBeAnswered)
        {
            Fail(query);
        }
    }

    private void CountSilence(PendingQuery query)
    {
        for (int i = 0; i < query.Attempts.Count; i++)
        {
            PendingQuery.Attempt attempt = query.Attempts[i];
            if (attempt is { Failed: false, CountedSilent: false })
            {
                query.Attempts[i] = attempt with { CountedSilent = true };
                if (attempt.Server.WasSilent(attempt.SentAt, toProbe: query.Network == _probes))
                {
                    logger.UpstreamSilent(attempt.Server.Endpoint);
                }

                if (attempt.Server.NeedsProbe)
                {
                    Probe(attempt.Server);
                }
            }
        }
    }

    /// <summary>Asks for the root's servers, whose answer no guest can shape or make slow; nobody waits for it.</summary>
    private void Probe(UpstreamServer server) => Probe(server, DnsName.Root);

    private void Probe(UpstreamServer server, DnsName name)
    {
        DnsQuestion question = new(_probes, server.Alone, name.Wire, DnsType.Ns, dnssecOk: false, DnsFlags.None);
        if (_pending.Find(question) is null)
        {
            Begin(Start(question, asker: default));
        }
    }

    /// <summary>Asks this server; where that cannot be done another one, and when there is none, nobody waits.</summary>
    /// <param name="plainRetry">Without EDNS, which the server seems not to know.</param>
    private void Send(PendingQuery query, UpstreamServer server, long now, bool plainRetry = false)
    {
        if (!TrySend(query, server, now, plainRetry) && !TryElsewhere(query))
        {
            Fail(query);
        }
    }

    /// <summary>
    /// False if nothing has left, for want of a socket or an id; the server counts as asked all the same, so that the next one
    /// is asked.
    /// </summary>
    private bool TrySend(PendingQuery query, UpstreamServer server, long now, bool plainRetry = false)
    {
        bool withEdns = !plainRetry && server.Edns.IsThere;
        bool withCapitals = server.Capitals.IsThere;
        if (_pending.FreeId(_random) is not { } id
            || TryLeave(WriteQuestion(transport.Rent(), query, server, id, withEdns, withCapitals), server) is not { } port)
        {
            query.Attempts.Add(new PendingQuery.Attempt(Id: null, server, Port: null, now) { Failed = true });
            return false;
        }

        _pending.AddId(id, query);
        query.Attempts.Add(new PendingQuery.Attempt(id, server, port, now)
        {
            WithEdns = withEdns,
            WithCapitals = withCapitals,
            IsPlainRetry = plainRetry,
        });
        return true;
    }

    private object? TryLeave(int length, UpstreamServer server)
    {
        try
        {
            return transport.Send(length, server.Endpoint);
        }
        catch (SystemCallException e)
        {
            if (_noSocket.TryTake(out long before))
            {
                logger.NoSocketTowards(server.Endpoint, e.Message, before);
            }

            return null;
        }
    }

    private static int WriteQuestion(
        Span<byte> buffer, PendingQuery query, UpstreamServer server, ushort id, bool withEdns, bool withCapitals)
    {
        const DnsFlags Flags = DnsFlags.RecursionDesired | DnsFlags.AuthenticData;
        WireWriter writer = new(buffer);
        new DnsHeader(id, query.Flags | Flags, 1, 0, 0, withEdns ? (ushort)1 : (ushort)0).Write(ref writer);
        DnsNameCase capitals = withCapitals ? query.NameCase : default;
        capitals.Apply(query.Name, writer.Reserve(query.Name.Length));
        writer.WriteUInt16((ushort)query.Type);
        writer.WriteUInt16((ushort)DnsClass.Internet);
        if (withEdns)
        {
            new DnsEdns(AnswerView.PayloadSize, DnssecOk: query.DnssecOk, Cookie: server.Cookie).Write(ref writer);
        }

        return writer.Position;
    }

    /// <summary>No server answered: everybody who waits hears of it, so that they need not wait for their own timeout.</summary>
    private void Fail(PendingQuery query)
    {
        DnsHeader failure = new(0, (DnsFlags)DnsCode.ServerFailure, 1, 0, 0, 0);
        Reply(query, new AnswerView(failure, default, default, 0, (ushort)DnsExtendedError.NoReachableAuthority));
        _pending.End(query);
    }

    /// <summary>Nobody is told, as that may be what failed.</summary>
    private void Drop(PendingQuery query)
    {
        if (query.IsActive)
        {
            _pending.End(query);
        }
    }

    private static void Reply(PendingQuery query, in AnswerView answer)
    {
        foreach (DnsClient client in query.Clients)
        {
            Reply(query, client, answer);
        }
    }

    private static void Reply(PendingQuery query, in DnsClient client, in AnswerView answer)
    {
        client.Channel.Send(answer.Write(client.Channel.Rent(), client, query.Name, query.Type), client.Peer);
        query.Network.Counters.Count(DnsSource.Upstream, answer.Header.Code);
    }

    private void ReportCrowding(ClientShare client)
    {
        if ((client.Network.Crowding ??= new WarningRate(clock)).TryTake(out _))
        {
            logger.ClientCrowds(client.Network.Name, client.Address, client.Held);
        }
    }

    private void ReportRebinding(PendingQuery query, NetEndpoint server)
    {
        if ((query.Network.Rebinding ??= new WarningRate(clock)).TryTake(out long before))
        {
            logger.RebindingStopped(query.Network.Name, server, DnsName.ToText(query.Name), before);
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}
