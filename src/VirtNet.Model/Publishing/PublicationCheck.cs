namespace VirtNet.Model.Publishing;

/// <summary>One <c>&lt;check&gt;</c>: how it is found out whether a target answers.</summary>
public sealed record PublicationCheck
{
    private const int MaxPathLength = 1024;

    /// <summary>An HTTP GET whose status is below 400 is wanted, not a connection alone.</summary>
    public bool IsHttp => Path is not null;

    /// <summary>What is asked for by HTTP, with its slash; null = a TCP connection is enough.</summary>
    public string? Path { get; init; }

    /// <summary>Null = the target's first port.</summary>
    public ushort? Port { get; init; }

    /// <summary>From one check to the next, from 0.1 s to an hour.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>So long an answer may take, from 0.1 s to the interval.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so many failures in a row a target gets no new connections.</summary>
    public int Fall { get; init; } = 3;

    /// <summary>After so many answers in a row it gets them again.</summary>
    public int Rise { get; init; } = 2;

    /// <summary>What may stand behind a host in a request: it goes into one as it is.</summary>
    public static bool IsPath(string path) =>
        path is ['/', ..] && path.Length <= MaxPathLength && path.All(c => c is > ' ' and < '\x7f' and not '#');
}
