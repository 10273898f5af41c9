using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <content>Cookies between this server and its upstreams (RFC 7873, 5.3).</content>
internal sealed partial class Forwarder
{
    /// <summary>
    /// Whether a response comes from the server that was asked, as far as cookies tell. If not, it was dropped, or the
    /// server is asked in another way.
    /// </summary>
    private bool HasGoodCookie(PendingQuery query, int index, in DnsResponse response)
    {
        PendingQuery.Attempt attempt = query.Attempts[index];
        if (!attempt.WithEdns)
        {
            return true;
        }

        if (response.Edns?.Cookie is not { } cookie)
        {
            if (!attempt.Server.ReturnsCookies || (response.Header.Flags & DnsFlags.Truncated) != 0)
            {
                return true;
            }

            Unexpected++;
            query.Attempts[index] = attempt with { Failed = true };
            AskByStream(query, attempt.Server, attempt.Server.Cookies); // a forger who has guessed all but it cannot answer there
            return false;
        }

        if (cookie.Client != attempt.Server.Cookie.Client)
        {
            Unexpected++;
            return false;
        }

        attempt.Server.Learn(cookie);
        if (response.Code != DnsCode.BadCookie)
        {
            return true;
        }

        query.Attempts[index] = attempt with { Failed = true };
        if (query.HasFreshCookie)
        {
            AskByStream(query, attempt.Server, doubted: null);
        }
        else
        {
            query.HasFreshCookie = true;
            Send(query, attempt.Server, clock.GetTimestamp());
        }

        return false;
    }
}
