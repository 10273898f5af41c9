using Microsoft.Extensions.Logging;
using VirtNet.Host.Bus;
using VirtNet.Model;

namespace VirtNet.Host.Resolved;

/// <summary>Tells systemd-resolved of networks' name servers, where definitions ask for that.</summary>
public sealed class LinkNameServers(IResolved resolved, ILogger<LinkNameServers> logger)
{
    /// <summary>Before a network starts.</summary>
    /// <exception cref="VirtNetException">It wants to be registered, and there is nobody to register with.</exception>
    public async Task ThrowIfImpossibleAsync(NetworkDefinition network, CancellationToken cancellationToken)
    {
        if (LinkNameServer.For(network) is not null && !await resolved.IsRunningAsync(cancellationToken))
        {
            throw VirtNetException.OperationInvalid("failed to register name server: systemd-resolved is not available");
        }
    }

    /// <summary>
    /// What is set for a link; null if it is not what is wanted. While systemd-resolved does not run nothing is missed: it
    /// remembers its links over a restart.
    /// </summary>
    public async Task<LinkNameServer?> ReadAsync(LinkNameServer wanted, int link, CancellationToken cancellationToken) =>
        !await resolved.IsRunningAsync(cancellationToken)
        || await resolved.ReadLinkAsync(link, cancellationToken) == Settings(wanted)
            ? wanted
            : null;

    /// <exception cref="VirtNetException">systemd-resolved refuses, as it does for links that another program configures.</exception>
    public async Task ApplyAsync(LinkNameServer? after, int link, CancellationToken cancellationToken)
    {
        if (!await resolved.IsRunningAsync(cancellationToken))
        {
            return;
        }

        try
        {
            if (after is null)
            {
                await resolved.RevertLinkAsync(link, cancellationToken);
                return;
            }

            await resolved.SetLinkAsync(link, Settings(after), cancellationToken);
            logger.NameServerRegistered(after.Domain, after.Bridge, after.Server);
        }
        catch (BusException e)
        {
            throw new VirtNetException(
                VirErrorCode.DBusService, $"error from service: {e.Message}", VirErrorDomain.DBus, e);
        }
    }

    private static ResolvedLink Settings(LinkNameServer server) => new(server.Server, server.Domain);
}
