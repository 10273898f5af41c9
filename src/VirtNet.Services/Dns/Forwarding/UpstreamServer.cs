using VirtNet.Linux;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>One name server that is asked, and what has been learnt about it. Shared by all lists that name it.</summary>
internal sealed class UpstreamServer(NetEndpoint endpoint, TimeProvider clock)
{
    /// <summary>
    /// Questions in a row without an answer that make a server doubtful. That alone means nothing: guests can ask for names
    /// that no server finds, so it is asked for something that every one can answer at once.
    /// </summary>
    private const int SilencesUntilProbe = 3;

    private static readonly TimeSpan DownTime = TimeSpan.FromSeconds(10);

    private int _silences;
    private long _downSince;
    private long _lastResponse;
    private UpstreamGroup? _alone;

    public NetEndpoint Endpoint { get; } = endpoint;

    /// <summary>It knows EDNS (RFC 6891).</summary>
    public Capability Edns { get; } = new(clock);

    /// <summary>It returns a name's capitals as they were sent.</summary>
    public Capability Capitals { get; } = new(clock);

    /// <summary>It returns our cookie with every answer, once it has given one of its own.</summary>
    public Capability Cookies { get; } = new(clock);

    /// <summary>Goes with every question: our part, chosen once, and the server's as it last gave it.</summary>
    public DnsCookie Cookie { get; private set; } = new(SystemRandom.NextUInt64(), []);

    /// <summary>Its answers have always had our cookie lately: one without is not from it.</summary>
    public bool ReturnsCookies => Cookie.HasServer && Cookies.IsThere;

    /// <summary>Silent for long: asked after all others.</summary>
    public bool IsDown => IsSuspect && clock.GetElapsedTime(_downSince) < DownTime;

    /// <summary>Down, or was down and has not shown itself since: not to be relied on alone.</summary>
    public bool IsSuspect { get; private set; }

    /// <summary>Doubtful, but not known to be down.</summary>
    public bool NeedsProbe => !IsSuspect && _silences >= SilencesUntilProbe;

    /// <summary>The list of this server and no other.</summary>
    public UpstreamGroup Alone => _alone ??= new UpstreamGroup(0, [this]);

    /// <summary>Our part came back, perhaps with the server's.</summary>
    public void Learn(in DnsCookie cookie)
    {
        Cookie = cookie.HasServer ? cookie : Cookie;
        Cookies.Shown();
    }

    public void Responded()
    {
        _silences = 0;
        IsSuspect = false;
        _lastResponse = clock.GetTimestamp();
    }

    /// <summary>No answer came to a question sent at this timestamp; true if the server counts as down from now on.</summary>
    /// <param name="toProbe">The question was one that every server can answer at once.</param>
    public bool WasSilent(long sentAt, bool toProbe)
    {
        // One slow name proves nothing about a server that answers others.
        if (_lastResponse > sentAt)
        {
            return false;
        }

        _silences++;
        if ((toProbe || IsSuspect) && !IsDown)
        {
            bool news = !IsSuspect;
            IsSuspect = true;
            _downSince = clock.GetTimestamp();
            return news;
        }

        return false;
    }
}
