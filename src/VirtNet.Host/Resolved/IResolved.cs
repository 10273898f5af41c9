using System.Net;

namespace VirtNet.Host.Resolved;

/// <summary>systemd-resolved, the resolver of many hosts, which can ask other servers for each link.</summary>
public interface IResolved
{
    Task<bool> IsRunningAsync(CancellationToken cancellationToken);

    /// <summary>What a link has; null for a link that it does not know.</summary>
    /// <param name="link">The interface's index.</param>
    Task<ResolvedLink?> ReadLinkAsync(int link, CancellationToken cancellationToken);

    /// <summary>Asks this server, and no other, for names of this domain, and it for nothing else.</summary>
    Task SetLinkAsync(int link, ResolvedLink settings, CancellationToken cancellationToken);

    /// <summary>Forgets what was set for a link.</summary>
    Task RevertLinkAsync(int link, CancellationToken cancellationToken);
}

/// <summary>The one name server of a link and the one domain that it is asked for.</summary>
public sealed record ResolvedLink(IPAddress Server, string Domain);
