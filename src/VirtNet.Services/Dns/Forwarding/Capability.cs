namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// Something that an upstream is expected to do until it is seen not to; then it is done without for some minutes and
/// tried again, since servers change, and what was seen may have been somebody else's work.
/// </summary>
internal sealed class Capability(TimeProvider clock)
{
    /// <summary>How long an upstream is taken to lack it.</summary>
    public static readonly TimeSpan LackTime = TimeSpan.FromMinutes(10);

    /// <summary>Signs in a row, with none to the contrary between them, that prove what one of them does not.</summary>
    private const int SignsUntilProved = 3;

    private long? _lackedSince;
    private int _signs;

    /// <summary>Whether to count on it.</summary>
    public bool IsThere => _lackedSince is not { } since || clock.GetElapsedTime(since) >= LackTime;

    /// <summary>It has been seen at work, and not been found lacking since.</summary>
    public bool WasShown { get; private set; }

    public void Shown()
    {
        WasShown = true;
        _signs = 0;
    }

    /// <summary>Proved to lack; true if it was counted on until now.</summary>
    public bool Lacks()
    {
        bool news = IsThere;
        _lackedSince = clock.GetTimestamp();
        _signs = 0;
        WasShown = false;
        return news;
    }

    /// <summary>A sign that might be forged; true if it is taken to lack from now on.</summary>
    public bool SeemsToLack() => ++_signs >= SignsUntilProved && Lacks();
}
