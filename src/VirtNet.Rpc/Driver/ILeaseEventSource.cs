namespace VirtNet.Rpc.Driver;

/// <summary>
/// Where events of leases come from. Apart from the others because there are many: the source makes them only while
/// somebody is subscribed.
/// </summary>
public interface ILeaseEventSource
{
    /// <param name="handler">Called in order for each network, while its leases are locked; must not block or throw.</param>
    IDisposable Subscribe(Action<NetworkEvent.LeaseChanged> handler);
}
