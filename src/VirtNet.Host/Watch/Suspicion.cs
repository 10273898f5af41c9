namespace VirtNet.Host.Watch;

/// <summary>What of a network may have been changed by others, and so is worth a look.</summary>
[Flags]
internal enum Suspicion
{
    None = 0,

    /// <summary>Link, addresses, routes, settings: a look costs microseconds.</summary>
    Links = 1,

    /// <summary>Firewall rules, and what other daemons keep for us: a look costs milliseconds.</summary>
    Rules = 2,

    All = Links | Rules,
}
