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
}
