using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <content>Questions over TCP: where an answer is too long for a datagram, or a datagram is not to be believed.</content>
internal sealed partial class Forwarder
{
    /// <summary>The transport gives up first, so that what it says still counts for the question.</summary>
    private static readonly TimeSpan StreamGrace = TimeSpan.FromMilliseconds(500);

    private readonly StreamSlots _streams = new(options.MaxStreams);

    /// <summary>False if the client has too many such exchanges under way; then nothing has changed.</summary>
    /// <param name="doubted">What a datagram left in doubt.</param>
    private bool AskByStream(PendingQuery query, UpstreamServer server, Capability? doubted, bool plainRetry = false)
    {
        NetworkShare network = query.Network;
        NetAddress client = query.Client.Address;
        if (!_streams.TryTake(network, client))
        {
            ReportCrowding(query.Client);
            return false;
        }

        Span<byte> question = stackalloc byte[DnsHeader.Length + DnsName.MaxLength + 4 + DnsEdns.MaxLength];
        StreamAttempt attempt = new(
            _random.NextUInt16(), server, doubted, !plainRetry && server.Edns.IsThere, server.Capitals.IsThere, plainRetry);
        int length = WriteQuestion(question, query, server, attempt.Id, attempt.WithEdns, attempt.WithCapitals);
        int generation = query.Generation;
        query.ByStream = true;
        query.NextStep = clock.GetTimestamp() + Ticks(options.StreamWait + StreamGrace);
        transport.AskByStream(server.Endpoint, question[..length], message =>
        {
            _streams.Release(network, client);
            if (message.IsEmpty && doubted is not null)
            {
                LearnWithoutStream(network, server, doubted);
            }

            if (query.IsActive && query.Generation == generation)
            {
                OnStreamOutcome(query, attempt, message.Span);
            }
        });
        return true;
    }

    private void OnStreamOutcome(PendingQuery query, StreamAttempt attempt, ReadOnlySpan<byte> message)
    {
        UpstreamServer server = attempt.Server;
        bool good = DnsResponse.TryParse(message, _offsets, out DnsResponse response)
            && response.Header.Id == attempt.Id
            && (response.Header.Flags & DnsFlags.Truncated) == 0
            && IsOurQuestion(query, response);
        if (!good)
        {
            GoOn(query, server);
            return;
        }

        server.Responded();
        if (attempt.WithEdns && SeemsWithoutEdns(response) && AskByStream(query, server, null, plainRetry: true))
        {
            return;
        }

        Learn(query, attempt, response);
        if (IsServersFailure(response.Code))
        {
            query.GiveUp(server);
            if (TryElsewhere(query))
            {
                BackToDatagrams(query);
                return;
            }
        }

        Finish(query, server, response);
    }

    /// <summary>TCP brought nothing: others may.</summary>
    private void GoOn(PendingQuery query, UpstreamServer server)
    {
        query.GiveUp(server);
        if (TryElsewhere(query))
        {
            BackToDatagrams(query);
        }
        else
        {
            Fail(query);
        }
    }

    private void BackToDatagrams(PendingQuery query)
    {
        query.ByStream = false;
        query.NextStep = clock.GetTimestamp() + Ticks(options.Waits[Math.Min(query.Rounds, options.Waits.Count - 1)]);
    }

    /// <summary>What nobody can forge, an answer over TCP, shows of its server.</summary>
    private void Learn(PendingQuery query, StreamAttempt attempt, in DnsResponse response)
    {
        UpstreamServer server = attempt.Server;
        LearnEdns(query, server, attempt.IsPlainRetry, response);
        if (attempt.WithCapitals)
        {
            LearnCapitals(query, attempt, response);
        }

        if (attempt.WithEdns && server.Cookie.HasServer)
        {
            DnsCookie? cookie = response.Edns?.Cookie;
            if (cookie is { } own && own.Client == server.Cookie.Client)
            {
                server.Learn(own);
            }

            Learn(attempt, server.Cookies, cookie is not null, "it had no cookie");
        }
    }

    private void Learn(StreamAttempt attempt, Capability capability, bool isThere, string forgedBy)
    {
        if (isThere)
        {
            capability.Shown();
            if (attempt.Doubted == capability)
            {
                ReportForgery(attempt.Server, forgedBy);
            }
        }
        else if (capability.Lacks())
        {
            ReportLack(attempt.Server, capability);
        }
    }

    private sealed record StreamAttempt(
        ushort Id, UpstreamServer Server, Capability? Doubted, bool WithEdns, bool WithCapitals, bool IsPlainRetry);
}
