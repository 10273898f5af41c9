using VirtNet.Services.Sockets;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>One name server that is asked, and what has been learnt about it. Shared by all lists that name it.</summary>
internal sealed class UpstreamServer(NetEndpoint endpoint, TimeProvider clock)
{
    /// <summary>Questions in a row without an answer that make a server count as down.</summary>
    private const int SilencesUntilDown = 3;

    private static readonly TimeSpan DownTime = TimeSpan.FromSeconds(10);

    private int _silences;
    private long _downSince;
    private long _lastResponse;

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
    public bool IsSuspect => _silences >= SilencesUntilDown;

    /// <summary>Our part came back, perhaps with the server's.</summary>
    public void Learn(in DnsCookie cookie)
    {
        Cookie = cookie.HasServer ? cookie : Cookie;
        Cookies.Shown();
    }

    public void Responded()
    {
        _silences = 0;
        _lastResponse = clock.GetTimestamp();
    }

    /// <summary>No answer came to a question sent at this timestamp; true if the server counts as down from now on.</summary>
    public bool WasSilent(long sentAt)
    {
        // One slow name proves nothing about a server that answers others.
        if (_lastResponse > sentAt)
        {
            return false;
        }

        bool wasDown = IsDown;
        _silences++;
        if (IsSuspect && !wasDown)
        {
            _downSince = clock.GetTimestamp();
            return _silences == SilencesUntilDown;
        }

        return false;
    }
}
