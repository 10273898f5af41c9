using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Has what networks publish go with their guests, as soon as a lease tells where they are. What the host does not take is tried again,
/// ever more slowly.
/// </summary>
internal sealed class GuestFollowing(NetworkRegistry registry, TimeProvider time)
    : NetworkWork(registry, (network, cancellationToken) => FollowAsync(network, time, cancellationToken))
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly NetworkRegistry _registry = registry;

    /// <summary>What is told of changes of leases. They are locked meanwhile: it waits for nobody.</summary>
    public ILeaseObserver Observer(CancellationToken stoppingToken) => new LeaseObserver(this, stoppingToken);

    private static async Task FollowAsync(NetworkActor network, TimeProvider time, CancellationToken cancellationToken)
    {
        TimeSpan wait = FirstWait;
        while (!await network.FollowGuestsAsync(cancellationToken))
        {
            await Task.Delay(wait, time, cancellationToken);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private sealed class LeaseObserver(GuestFollowing following, CancellationToken stoppingToken) : ILeaseObserver
    {
        public void OnChange(in LeaseChange change)
        {
            if (!change.OnlyProlongs && following._registry.TryFind(change.Lease.Network, out NetworkActor? network) && network.FollowsGuests)
            {
                following.Begin(change.Lease.Network, stoppingToken);
            }
        }
    }
}
