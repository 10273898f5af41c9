using VirtNet.Daemon.Networks;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Driver;

/// <summary>Tells clients what happens to leases, as long as any of them wants to know.</summary>
internal sealed class LeaseEvents(NetworkRegistry registry, INetworkServices services) : ILeaseEventSource
{
    public IDisposable Subscribe(Action<NetworkEvent.LeaseChanged> handler) =>
        services.ObserveLeases(new Observer(registry, handler));

    /// <summary>Leases are locked meanwhile: it waits for nobody, and who handles events only queues them.</summary>
    private sealed class Observer(NetworkRegistry registry, Action<NetworkEvent.LeaseChanged> handler) : ILeaseObserver
    {
        public void OnChange(in LeaseChange change)
        {
            if (registry.TryFind(change.Lease.Network, out NetworkActor? network))
            {
                handler(new NetworkEvent.LeaseChanged(
                    network.Identity, KindOf(change.Event), LeaseView.Of(change.Lease, network.Snapshot.Current)));
            }
        }

        private static LeaseChangeKind KindOf(LeaseEvent happened) => happened switch
        {
            LeaseEvent.Added => LeaseChangeKind.Added,
            LeaseEvent.Renewed => LeaseChangeKind.Renewed,
            LeaseEvent.Released => LeaseChangeKind.Released,
            _ => LeaseChangeKind.Expired,
        };
    }
}
