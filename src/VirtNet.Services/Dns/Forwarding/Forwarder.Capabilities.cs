using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <content>What upstreams can do, and what is said of them.</content>
internal sealed partial class Forwarder
{
    /// <summary>A name with letters that is as far from guests as the root (RFC 3172).</summary>
    private static readonly DnsName Lettered = DnsName.TryParse("in-addr.arpa")!;

    private readonly WarningRate _forgery = new(clock);

    /// <summary>
    /// The answer of a server that does not know EDNS (RFC 6891, 7): who answers with an OPT record does know it, and means
    /// the question.
    /// </summary>
    private static bool SeemsWithoutEdns(in DnsResponse response) =>
        response.Edns is null && response.Code is DnsCode.FormatError or DnsCode.NotImplemented;

    /// <summary>
    /// That asking plainly helped with one name may be the work of that name's own servers, whose answers some upstreams pass on
    /// as they are, and names are chosen by guests: what counts is the answer about the root.
    /// </summary>
    private void LearnEdns(PendingQuery query, UpstreamServer server, bool isPlainRetry, in DnsResponse response)
    {
        if (response.Edns is not null)
        {
            server.Edns.Shown();
        }
        else if (!isPlainRetry || SeemsWithoutEdns(response))
        {
            return;
        }
        else if (query.Network != _probes)
        {
            Probe(server);
        }
        else
        {
            // Of a server that was seen to know EDNS, more than one datagram has to say otherwise.
            bool lost = server.Edns.WasShown ? server.Edns.SeemsToLack() : server.Edns.Lacks();
            if (lost)
            {
                ReportLack(server, server.Edns);
            }
        }
    }

    /// <summary>Likewise of capitals: what answers are passed on as they are may be spelt by the name's own servers.</summary>
    private void LearnCapitals(PendingQuery query, StreamAttempt attempt, in DnsResponse response)
    {
        bool kept = HasOurCapitals(query, response);
        if (kept || query.Network == _probes)
        {
            Learn(attempt, attempt.Server.Capitals, kept, "the name's capitals were not ours");
        }
        else
        {
            Probe(attempt.Server, Lettered);
        }
    }

    /// <summary>The server cannot be asked over TCP, so what is seen of it again and again has to do.</summary>
    private void LearnWithoutStream(NetworkShare network, UpstreamServer server, Capability doubted)
    {
        if (doubted == server.Capitals && network != _probes)
        {
            Probe(server, Lettered);
        }
        else if (doubted.SeemsToLack())
        {
            ReportLack(server, doubted);
        }
    }

    private void ReportLack(UpstreamServer server, Capability lacked)
    {
        int minutes = (int)Capability.LackTime.TotalMinutes;
        if (lacked == server.Edns)
        {
            logger.UpstreamWithoutEdns(server.Endpoint, minutes);
        }
        else if (lacked == server.Capitals)
        {
            logger.UpstreamChangesCase(server.Endpoint, minutes);
        }
        else
        {
            logger.UpstreamOmitsCookies(server.Endpoint, minutes);
        }
    }

    private void ReportForgery(UpstreamServer server, string reason)
    {
        if (_forgery.TryTake(out _))
        {
            logger.AnswerForged(server.Endpoint, reason);
        }
    }
}
