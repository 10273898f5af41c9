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
    private bool _omitsCookies;

    public NetEndpoint Endpoint { get; } = endpoint;

    /// <summary>False once it has answered EDNS with an error that plain DNS does not get.</summary>
    public bool SpeaksEdns { get; set; } = true;

    /// <summary>False once it has shown that it does not return a name's capitals.</summary>
    public bool KeepsCase { get; set; } = true;

    /// <summary>Goes with every question: our part, chosen once, and the server's as it last gave it.</summary>
    public DnsCookie Cookie { get; private set; } = new(SystemRandom.NextUInt64(), []);

    /// <summary>Its answers have always had our cookie so far: one without is not from it.</summary>
    public bool ReturnsCookies => Cookie.HasServer && !_omitsCookies;

    /// <summary>Silent for long: asked after all others.</summary>
    public bool IsDown => IsSuspect && clock.GetElapsedTime(_downSince) < DownTime;

    /// <summary>Down, or was down and has not shown itself since: not to be relied on alone.</summary>
    public bool IsSuspect => _silences >= SilencesUntilDown;

    /// <summary>Our part came back, perhaps with the server's.</summary>
    public void Learn(in DnsCookie cookie) => Cookie = cookie.HasServer ? cookie : Cookie;

    /// <summary>An answer over TCP came without a cookie, or none came: cookies are no longer relied on.</summary>
    public void OmittedCookie() => _omitsCookies = true;

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
