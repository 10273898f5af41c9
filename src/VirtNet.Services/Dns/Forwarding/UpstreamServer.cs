using VirtNet.Services.Sockets;

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

    /// <summary>False once it has answered EDNS with an error that plain DNS does not get.</summary>
    public bool SpeaksEdns { get; set; } = true;

    /// <summary>False once it has shown that it does not return a name's capitals.</summary>
    public bool KeepsCase { get; set; } = true;

    /// <summary>Silent for long: asked after all others.</summary>
    public bool IsDown => IsSuspect && clock.GetElapsedTime(_downSince) < DownTime;

    /// <summary>Down, or was down and has not shown itself since: not to be relied on alone.</summary>
    public bool IsSuspect => _silences >= SilencesUntilDown;

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
