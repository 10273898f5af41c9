using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Networks;

/// <content>Leases of the network's guests.</content>
internal sealed partial class NetworkActor
{
    /// <summary>Ends the leases that are chosen, of a running network or one that only has them still.</summary>
    public Task<IReadOnlyList<Lease>> ReleaseLeasesAsync(Func<Lease, bool> choose, CancellationToken cancellationToken) =>
        InvokeExistingAsync(
            () => _environment.Services.ReleaseLeasesAsync(_snapshot.Current, choose, CancellationToken.None),
            cancellationToken);

    /// <summary>Records leases that another server gave. A DHCPv6 server that runs keeps its name.</summary>
    public Task<int> ImportLeasesAsync(IReadOnlyList<Lease> leases, string? serverDuid, CancellationToken cancellationToken) =>
        InvokeExistingAsync(
            async () =>
            {
                if (serverDuid is not null && _snapshot.IsActive)
                {
                    throw VirtNetException.OperationInvalid($"network '{Name}' is active: its clients know its DHCPv6 server by name");
                }

                try
                {
                    return await _environment.Services.ImportLeasesAsync(_snapshot.Current, leases, serverDuid, CancellationToken.None);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw HostErrors.Told($"cannot keep the name of the DHCPv6 server of network '{Name}'", e, VirErrorDomain.Network);
                }
            },
            cancellationToken);
}
