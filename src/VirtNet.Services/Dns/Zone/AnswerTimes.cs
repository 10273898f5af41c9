namespace VirtNet.Services.Dns.Zone;

/// <summary>For how many seconds answers of other servers count; 0 = for as long as they say.</summary>
internal sealed record AnswerTimes
{
    /// <summary>No answer can be made to count for longer than this if it says less: dnsmasq's limit.</summary>
    public const uint MaxLeastKept = 3600;

    public static AnswerTimes AsTheySay { get; } = new();

    /// <summary>Clients are told no more; how long an answer is kept does not depend on it.</summary>
    public uint MostTold { get; init; }

    /// <summary>Each record is kept at least as long, and told so from then on. Beats <see cref="MostKept"/>.</summary>
    public uint LeastKept { get; init; }

    /// <summary>Each record is kept no longer, and told so from then on.</summary>
    public uint MostKept { get; init; }

    /// <summary>For "there is no such thing" where no SOA record says for how long (RFC 2308, 5); 0 = it is not kept.</summary>
    public uint WithoutSoa { get; init; }

    public bool ChangesKept => LeastKept > 0 || MostKept > 0;

    /// <summary>How long a record is kept.</summary>
    public uint Kept(uint seconds) => Math.Max(LeastKept, MostKept > 0 ? Math.Min(seconds, MostKept) : seconds);
}
