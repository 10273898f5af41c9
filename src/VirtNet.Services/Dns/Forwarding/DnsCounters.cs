using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>Where the answer to a question came from.</summary>
internal enum DnsSource
{
    /// <summary>The network's own names, the host's, or a refusal.</summary>
    Local,

    /// <summary>What was kept of other servers' answers.</summary>
    Cache,

    /// <summary>Another server, just now; or none of them answered.</summary>
    Upstream,
}

/// <summary>What became of one network's questions so far. Written by one thread; readers may see a number a moment late.</summary>
internal sealed class DnsCounters
{
    private static readonly string[] Outcomes = ["no-error", "no-such-name", "server-failure", "refused", "other"];

    private readonly long[] _answers = new long[Enum.GetValues<DnsSource>().Length * Outcomes.Length];
    private long _upstreamAnswers;
    private long _upstreamMicroseconds;

    public void Count(DnsSource source, DnsCode code) => _answers[((int)source * Outcomes.Length) + OutcomeOf(code)]++;

    /// <summary>Other servers have answered one question.</summary>
    /// <param name="after">Since it was first asked.</param>
    public void UpstreamAnswered(TimeSpan after)
    {
        _upstreamAnswers++;
        _upstreamMicroseconds += (long)after.TotalMicroseconds;
    }

    public IEnumerable<NetworkCounter> All()
    {
        foreach (DnsSource source in Enum.GetValues<DnsSource>())
        {
            for (int outcome = 0; outcome < Outcomes.Length; outcome++)
            {
                yield return new NetworkCounter(
                    $"dns.{NetworkCounter.NameOf(source)}.{Outcomes[outcome]}",
                    Volatile.Read(ref _answers[((int)source * Outcomes.Length) + outcome]));
            }
        }

        yield return new NetworkCounter("dns.upstream-answers", Volatile.Read(ref _upstreamAnswers));
        yield return new NetworkCounter("dns.upstream-microseconds", Volatile.Read(ref _upstreamMicroseconds));
    }

    private static int OutcomeOf(DnsCode code) => code switch
    {
        DnsCode.NoError => 0,
        DnsCode.NoSuchName => 1,
        DnsCode.ServerFailure => 2,
        DnsCode.Refused => 3,
        _ => 4,
    };
}
