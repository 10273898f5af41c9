using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Has what networks publish go with their guests, as soon as a lease tells where they are. What the host does not take is tried again,
/// ever more slowly.
/// </summary>
internal sealed class GuestFollowing(NetworkRegistry registry, TimeProvider time)
    : NetworkWork(registry, time, (network, cancellationToken) => network.FollowGuestsAsync(cancellationToken))
{
    private readonly NetworkRegistry _registry = registry;

    /// <summary>What is told of changes of leases. They are locked meanwhile: it waits for nobody.</summary>
    public ILeaseObserver Observer(CancellationToken stoppingToken) => new LeaseObserver(this, stoppingToken);

    private sealed class LeaseObserver(GuestFollowing following, CancellationToken stoppingToken) : ILeaseObserver
    {
        public void OnChange(in LeaseChange change)
        {
            if (!change.OnlyProlongs)
            {
                Follow(change.Lease.Network);
            }
        }

        public void OnHeld(Guid network, AddressKey address) => Follow(network);

        private void Follow(Guid uuid)
        {
            if (following._registry.TryFind(uuid, out NetworkActor? network) && network.FollowsGuests)
            {
                following.Begin(uuid, stoppingToken);
            }
        }
    }
}
