using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Whose guests have the leases of a network that hosts share.</summary>
internal sealed class LeaseHosts
{
    private readonly Dictionary<string, string?> _hosts;

    private LeaseHosts(SharedLeases leases)
    {
        Leases = leases;
        _hosts = leases.Leases.Where(lease => !lease.HasEnded).GroupBy(lease => lease.Lease.IpAddress)
            .ToDictionary(lease => lease.Key, lease => lease.First().Host ?? leases.Host);
    }

    public static LeaseHosts Unknown { get; } = new(new SharedLeases(Host: null, []));

    public SharedLeases Leases { get; }

    /// <summary>Nothing is known of hosts where the daemon knows nothing of them.</summary>
    public static async Task<LeaseHosts> FindAsync(CommandContext context, NetworkRef network, CancellationToken cancellationToken)
    {
        try
        {
            return new LeaseHosts(await context.Session.Connection.Extensions.GetSharedLeasesAsync(network, cancellationToken));
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoSupport)
        {
            return Unknown; // a stock libvirt, or an earlier virtnetd
        }
    }

    /// <summary>All leases of a network, where nothing is known of hosts those of this one.</summary>
    public static async Task<SharedLeases> ReadAsync(CommandContext context, NetworkRef network, CancellationToken cancellationToken)
    {
        LeaseHosts hosts = await FindAsync(context, network, cancellationToken);
        return hosts != Unknown
            ? hosts.Leases
            : new SharedLeases(
                Host: null,
                [
                    .. (await context.Networks.GetDhcpLeasesAsync(network, mac: null, flags: 0, cancellationToken))
                        .Select(lease => new SharedLease(lease, Host: null)),
                ]);
    }

    /// <summary>Null = this host's, which shares the network with nobody.</summary>
    public string? Of(DhcpLease lease) => _hosts.GetValueOrDefault(lease.IpAddress);
}
