namespace VirtNet.Host.Watch;

/// <summary>What of a network may have been changed by others, and so is worth a look.</summary>
[Flags]
internal enum Suspicion
{
    None = 0,

    /// <summary>Link, addresses, routes, settings: a look costs microseconds.</summary>
    Links = 1,

    /// <summary>Firewall rules: a look costs milliseconds.</summary>
    Rules = 2,

    /// <summary>What other daemons keep for us: a zone of firewalld, a name server of systemd-resolved.</summary>
    Places = 4,

    All = Links | Rules | Places,
}
