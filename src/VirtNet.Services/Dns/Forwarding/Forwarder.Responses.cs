using System.Runtime.InteropServices;
using VirtNet.Services.Sockets;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <content>What comes back from upstreams.</content>
internal sealed partial class Forwarder
{
    /// <summary>A datagram from outside, to the port object that a question was sent from.</summary>
    public void OnResponse(object port, NetEndpoint peer, ReadOnlySpan<byte> message)
    {
        WireReader reader = new(message);
        ushort id = reader.ReadUInt16();
        PendingQuery? query = reader.Failed ? null : _pending.FindById(id);
        int index = query?.FindAttempt(id) ?? -1;
        if (query is null || index < 0)
        {
            Unexpected++;
            return;
        }

        PendingQuery.Attempt attempt = query.Attempts[index];
        if (attempt.Port != port
            || attempt.Server.Endpoint != peer
            || attempt.Failed
            || !DnsResponse.TryParse(message, _offsets, out DnsResponse response)
            || !IsOurQuestion(query, response))
        {
            Unexpected++;
            return;
        }

        if (query.ByStream)
        {
            return; // answers of other servers are of no use any more: this question needs the whole answer
        }

        if (!HasOurCapitals(query, attempt.Server, response))
        {
            OnWrongCapitals(query, index);
            return;
        }

        if (!HasGoodCookie(query, index, response))
        {
            return;
        }

        attempt.Server.Responded();
        if (query.WithoutCapitals && attempt.Server.KeepsCase)
        {
            attempt.Server.KeepsCase = false;
            logger.UpstreamChangesCase(attempt.Server.Endpoint);
        }

        OnAnswer(query, index, response);
    }

    /// <summary>
    /// A question that did not reach its server, as the kernel or a host on the way said: the next one is asked at once,
    /// and when there is none, nobody waits.
    /// </summary>
    public void OnUndelivered(object port, NetEndpoint server, ReadOnlySpan<byte> question)
    {
        WireReader reader = new(question);
        ushort id = reader.ReadUInt16();
        PendingQuery? query = reader.Failed ? null : _pending.FindById(id);
        int index = query?.FindAttempt(id) ?? -1;
        if (query is not null
            && index >= 0
            && query.Attempts[index] is { Failed: false } attempt
            && attempt.Port == port
            && attempt.Server.Endpoint == server
            && !query.ByStream
            && !TryElsewhere(query, index))
        {
            Fail(query);
        }
    }

    private void OnAnswer(PendingQuery query, int index, in DnsResponse response)
    {
        PendingQuery.Attempt attempt = query.Attempts[index];
        if (attempt.WithEdns && response.Code is DnsCode.FormatError or DnsCode.NotImplemented or DnsCode.BadVersion)
        {
            attempt.Server.SpeaksEdns = false;
            query.Attempts[index] = attempt with { Failed = true };
            Send(query, attempt.Server, clock.GetTimestamp());
            return;
        }

        if (response.Code is not (DnsCode.NoError or DnsCode.NoSuchName) && TryElsewhere(query, index))
        {
            return;
        }

        if ((response.Header.Flags & DnsFlags.Truncated) != 0 && NeedsStream(query, response))
        {
            AskByStream(query, attempt.Server);
            return;
        }

        Finish(query, response);
    }

    /// <summary>After a server's failure: true if another one is asked now, or was before and may still answer.</summary>
    private bool TryElsewhere(PendingQuery query, int index)
    {
        query.Attempts[index] = query.Attempts[index] with { Failed = true };
        if (Array.Exists(query.Group.Servers, server => !query.Asked(server)))
        {
            Send(query, query.NextServer(), clock.GetTimestamp());
            return true;
        }

        return query.Attempts.Exists(attempt => attempt is { Failed: false, CountedSilent: false });
    }

    /// <summary>Keeps the answer and passes it on.</summary>
    private void Finish(PendingQuery query, in DnsResponse response)
    {
        AnswerView answer = new(
            response.Header,
            response.Records,
            MemoryMarshal.AsBytes(_offsets.AsSpan(0, response.TimedRecords)),
            age: 0,
            response.Edns?.Error ?? 0);
        if ((response.Header.Flags & DnsFlags.Truncated) == 0 && (query.Flags & DnsFlags.RecursionDesired) != 0)
        {
            bool negative = response.Code == DnsCode.NoSuchName || response.Header.Answers == 0;
            uint longest = negative ? AnswerCache.MaxNegativeLifetime : AnswerCache.MaxLifetime;
            cache.Add(query.Question, answer, Math.Min(response.TimeToLive, longest));
        }

        Reply(query, answer);
        _pending.End(query);
    }

    /// <summary>
    /// Clients by datagram get the truncated answer, which tells them to come by TCP. True if others remain, who did.
    /// </summary>
    private static bool NeedsStream(PendingQuery query, in DnsResponse response)
    {
        AnswerView truncated = new(response.Header, default, default, 0, 0);
        for (int i = query.Clients.Count - 1; i >= 0; i--)
        {
            if (!query.Clients[i].Channel.IsStream)
            {
                Reply(query, query.Clients[i], truncated);
                query.Clients.RemoveAt(i);
            }
        }

        return query.Clients.Count > 0;
    }

    private void AskByStream(PendingQuery query, UpstreamServer server)
    {
        Span<byte> question = stackalloc byte[DnsHeader.Length + DnsName.MaxLength + 4 + DnsEdns.MaxLength];
        ushort id = _random.NextUInt16();
        int length = WriteQuestion(question, query, server, id);
        int generation = query.Generation;
        query.ByStream = true;
        query.NextStep = clock.GetTimestamp() + Ticks(options.StreamWait);
        transport.AskByStream(server.Endpoint, question[..length], message =>
        {
            if (query.IsActive && query.Generation == generation)
            {
                OnStreamOutcome(query, server, id, message.Span);
            }
        });
    }

    private void OnStreamOutcome(PendingQuery query, UpstreamServer server, ushort id, ReadOnlySpan<byte> message)
    {
        bool good = DnsResponse.TryParse(message, _offsets, out DnsResponse response)
            && response.Header.Id == id
            && (response.Header.Flags & DnsFlags.Truncated) == 0
            && IsOurQuestion(query, response);
        if (response.Edns?.Cookie is null)
        {
            server.OmittedCookie();
        }

        if (good)
        {
            Finish(query, response);
        }
        else
        {
            Fail(query);
        }
    }

    private static bool IsOurQuestion(PendingQuery query, in DnsResponse response) =>
        response.Type == query.Type
        && response.Class == (ushort)DnsClass.Internet
        && DnsName.SameName(response.Name, query.Name);

    private static bool HasOurCapitals(PendingQuery query, UpstreamServer server, in DnsResponse response)
    {
        if (!server.KeepsCase || query.WithoutCapitals)
        {
            return true;
        }

        Span<byte> sent = stackalloc byte[DnsName.MaxLength];
        CapitalsFor(query, server).Apply(query.Name, sent);
        return response.Name.SequenceEqual(sent[..query.Name.Length]);
    }

    /// <summary>Either a server that changes the case of names, or a forger who has guessed all but that: ask anew.</summary>
    private void OnWrongCapitals(PendingQuery query, int index)
    {
        Unexpected++;
        UpstreamServer server = query.Attempts[index].Server;
        query.Attempts[index] = query.Attempts[index] with { Failed = true };
        query.WithoutCapitals = true;
        Send(query, server, clock.GetTimestamp());
    }
}
