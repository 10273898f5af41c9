using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <content>What comes back from upstreams.</content>
internal sealed partial class Forwarder
{
    /// <summary>Codes beyond this one need EDNS to be told.</summary>
    private const int MaxPlainCode = 15;

    /// <summary>A datagram from outside, to the port object that a question was sent from.</summary>
    /// <param name="arrival">The interface that it came in through; 0 if that is not known.</param>
    public void OnResponse(object port, NetEndpoint peer, int arrival, ReadOnlySpan<byte> message)
    {
        if (!TryFindAttempt(port, peer, message, out PendingQuery? query, out int index))
        {
            Unexpected++;
            return;
        }

        if (DnsResponse.IsBareRefusal(message))
        {
            OnBareRefusal(query, index, arrival);
            return;
        }

        if (!DnsResponse.TryParse(message, _offsets, out DnsResponse response) || !IsOurQuestion(query, response))
        {
            Unexpected++;
            return;
        }

        PendingQuery.Attempt attempt = query.Attempts[index];
        if (!paths.CanLead(attempt.Server, arrival, out string? bridge))
        {
            Unexpected++;
            ReportForgery(attempt.Server, "it came from a guest, through bridge " + bridge);
            return;
        }

        if (query.ByStream)
        {
            return; // answers of other servers are of no use any more: this question needs the whole answer
        }

        if (HasIgnoredAddress(response, query.Network.AnswerRules))
        {
            Unexpected++;
            return;
        }

        if (attempt.WithCapitals && !HasOurCapitals(query, response))
        {
            // Either a server that changes the case of names, or a forger who has guessed all but that: it cannot do so
            // over TCP, and what one datagram says changes nothing.
            Unexpected++;
            query.Attempts[index] = attempt with { Failed = true };
            AskByStream(query, attempt.Server, attempt.Server.Capitals);
            return;
        }

        if (!HasGoodCookie(query, index, response))
        {
            return;
        }

        attempt.Server.Responded();
        if (attempt.WithCapitals)
        {
            attempt.Server.Capitals.Shown();
        }

        OnAnswer(query, index, response);
    }

    /// <summary>
    /// An error without the question: so some servers answer EDNS, which they do not know (RFC 6891, 7). It is easier to forge
    /// than an answer, so all that comes of it is that the question is asked plainly, once; and who returns cookies knows EDNS.
    /// </summary>
    private void OnBareRefusal(PendingQuery query, int index, int arrival)
    {
        PendingQuery.Attempt attempt = query.Attempts[index];
        if (!attempt.WithEdns || query.ByStream || attempt.Server.ReturnsCookies || query.WasAskedPlainly(attempt.Server)
            || !paths.CanLead(attempt.Server, arrival, out _))
        {
            Unexpected++;
            return;
        }

        AskPlainly(query, index);
    }

    /// <summary>Asks the server of this attempt again without EDNS.</summary>
    private void AskPlainly(PendingQuery query, int index)
    {
        PendingQuery.Attempt attempt = query.Attempts[index];
        query.Attempts[index] = attempt with { Failed = true };
        Send(query, attempt.Server, clock.GetTimestamp(), plainRetry: true);
    }

    /// <summary>
    /// A question that did not reach its server, as the kernel or a host on the way said: the next one is asked at once,
    /// and when there is none, nobody waits.
    /// </summary>
    /// <param name="arrival">The interface through which that was said; 0 if the kernel itself did.</param>
    public void OnUndelivered(object port, NetEndpoint server, int arrival, ReadOnlySpan<byte> question)
    {
        if (TryFindAttempt(port, server, question, out PendingQuery? query, out int index)
            && paths.CanLead(query.Attempts[index].Server, arrival, out _)
            && !query.ByStream
            && !TryElsewhere(query, index))
        {
            Fail(query);
        }
    }

    private bool TryFindAttempt(
        object port, NetEndpoint server, ReadOnlySpan<byte> message, [NotNullWhen(true)] out PendingQuery? query, out int index)
    {
        WireReader reader = new(message);
        ushort id = reader.ReadUInt16();
        query = reader.Failed ? null : _pending.FindById(id);
        index = query?.FindAttempt(id) ?? -1;
        return query is not null
            && index >= 0
            && query.Attempts[index] is { Failed: false } attempt
            && attempt.Port == port
            && attempt.Server.Endpoint == server;
    }

    private void OnAnswer(PendingQuery query, int index, in DnsResponse response)
    {
        PendingQuery.Attempt attempt = query.Attempts[index];
        if (attempt.WithEdns && SeemsWithoutEdns(response))
        {
            AskPlainly(query, index);
            return;
        }

        LearnEdns(query, attempt.Server, attempt.IsPlainRetry, response);
        if (IsServersFailure(response.Code) && TryElsewhere(query, index))
        {
            return;
        }

        if ((response.Header.Flags & DnsFlags.Truncated) == 0)
        {
            Finish(query, attempt.Server, response);
        }
        else if (NeedsStream(query, response))
        {
            if (!AskByStream(query, attempt.Server, doubted: null))
            {
                Fail(query);
            }
        }
        else
        {
            Finish(query, attempt.Server, response);
        }
    }

    /// <summary>
    /// A failure that another server may not have. What is wrong with the question itself, or with its type, the first one
    /// can say as well as any.
    /// </summary>
    private static bool IsServersFailure(DnsCode code) =>
        code is not (DnsCode.NoError or DnsCode.NoSuchName or DnsCode.FormatError or DnsCode.NotImplemented);

    /// <summary>After a server's failure: true if another one is asked now, or was before and may still answer.</summary>
    private bool TryElsewhere(PendingQuery query, int index)
    {
        query.Attempts[index] = query.Attempts[index] with { Failed = true };
        return TryElsewhere(query);
    }

    private bool TryElsewhere(PendingQuery query)
    {
        while (Array.Exists(query.Group.Servers, server => !query.Asked(server)))
        {
            if (TrySend(query, query.NextServer(), clock.GetTimestamp()))
            {
                return true;
            }
        }

        return query.Attempts.Exists(attempt => attempt is { Failed: false, CountedSilent: false });
    }

    /// <summary>Keeps the answer and passes it on.</summary>
    private void Finish(PendingQuery query, UpstreamServer server, in DnsResponse response)
    {
        if ((int)response.Code > MaxPlainCode)
        {
            Fail(query); // it is about the exchange with the server, which is not the client's
            return;
        }

        query.Network.Counters.UpstreamAnswered(clock.GetElapsedTime(query.StartedAt));
        EditedAnswer edited = EditedAnswer.Of(response, _offsets.AsSpan(0, response.TimedRecords), query.Name, query.Network.AnswerRules);
        if (edited.WasRebinding)
        {
            ReportRebinding(query, server.Endpoint);
        }

        DnsFlags doubted = trustsAuthenticData(server.Endpoint) ? DnsFlags.None : DnsFlags.AuthenticData;
        AnswerView answer = new(
            edited.Header with { Flags = edited.Header.Flags & ~doubted },
            edited.Records,
            MemoryMarshal.AsBytes(edited.TimeToLiveOffsets),
            age: 0,
            edited.WasFiltered ? (ushort)DnsExtendedError.Filtered : response.Edns?.Error ?? 0)
        {
            MostTold = query.Network.AnswerRules.Times.MostTold,
        };
        if ((response.Header.Flags & DnsFlags.Truncated) == 0 && query.Network != _probes)
        {
            Keep(query, answer, response);
        }

        Reply(query, answer);
        _pending.End(query);
    }

    private void Keep(PendingQuery query, in AnswerView answer, in DnsResponse response)
    {
        if (response.Code is not (DnsCode.NoError or DnsCode.NoSuchName) || (response.TimedRecords == 0 && !response.Records.IsEmpty))
        {
            return;
        }

        AnswerTimes times = query.Network.AnswerRules.Times;
        bool negative = answer.Header.Code == DnsCode.NoSuchName || answer.Header.Answers == 0;
        uint lifetime = response.LacksSoa ? Math.Min(response.LeastTimeToLive, times.WithoutSoa) : response.TimeToLive;
        lifetime = Math.Min(times.Kept(lifetime), negative ? AnswerCache.MaxNegativeLifetime : AnswerCache.MaxLifetime);
        if (lifetime == 0 || !times.ChangesKept)
        {
            cache.Add(query.Question, answer, lifetime);
            return;
        }

        byte[] records = answer.Records.ToArray();
        foreach (ushort offset in MemoryMarshal.Cast<byte, ushort>(answer.TimeToLiveOffsets))
        {
            Span<byte> place = records.AsSpan(offset, sizeof(uint));
            BinaryPrimitives.WriteUInt32BigEndian(place, times.Kept(BinaryPrimitives.ReadUInt32BigEndian(place)));
        }

        cache.Add(query.Question, new AnswerView(answer.Header, records, answer.TimeToLiveOffsets, age: 0, answer.Error), lifetime);
    }

    /// <summary>Whether a datagram counts as one that has not come, whatever else is to be said of it.</summary>
    private static bool HasIgnoredAddress(in DnsResponse response, AnswerRules rules)
    {
        if (rules.Ignored.Count == 0)
        {
            return false;
        }

        WireReader reader = new(response.Records);
        for (int i = 0; i < response.Header.Answers; i++)
        {
            if (rules.IsIgnored(DnsRecordView.Read(ref reader)))
            {
                return true;
            }
        }

        return false;
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

    private static bool IsOurQuestion(PendingQuery query, in DnsResponse response) =>
        response.Type == query.Type
        && response.Class == (ushort)DnsClass.Internet
        && DnsName.SameName(response.Name, query.Name);

    private static bool HasOurCapitals(PendingQuery query, in DnsResponse response)
    {
        Span<byte> sent = stackalloc byte[DnsName.MaxLength];
        query.NameCase.Apply(query.Name, sent);
        return response.Name.SequenceEqual(sent[..query.Name.Length]);
    }
}
