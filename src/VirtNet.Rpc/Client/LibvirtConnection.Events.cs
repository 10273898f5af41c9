using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Client;

/// <summary>Subscriptions to events.</summary>
public sealed partial class LibvirtConnection
{
    private readonly Lock _eventLock = new();
    private readonly Dictionary<int, NetworkEventSubscription> _subscriptions = [];

    /// <summary>
    /// Events whose callback id is not known yet: a server may send the first ones before its reply to the registration
    /// was handled here. Kept only while registrations are under way.
    /// </summary>
    private readonly List<CallbackEvent> _early = [];
    private int _registrations;

    /// <summary>Asks for events from now on.</summary>
    /// <param name="network">Only events of this network; null for those of all.</param>
    public async Task<NetworkEventSubscription> SubscribeAsync(
        NetworkEventKind kind, NetworkRef? network, CancellationToken cancellationToken)
    {
        if (!await SupportsAsync(RemoteFeature.EventCallbacks, cancellationToken))
        {
            throw ClientErrors.NotSupported(RemoteProcedures.RegisterEvent.ApiName);
        }

        lock (_eventLock)
        {
            _registrations++;
        }

        NetworkEventSubscription? subscription = null;
        try
        {
            Int32Message callback = kind == NetworkEventKind.Lease
                ? await CallExtensionAsync(
                    VirtNetProcedures.RegisterLeaseEvents, new RegisterLeaseEventsArguments(network), cancellationToken)
                : await CallAsync(
                    RemoteProcedures.RegisterEvent, new RegisterEventArguments((int)kind, network), cancellationToken);
            subscription = new NetworkEventSubscription(kind, callback.Value, UnsubscribeAsync);
            return subscription;
        }
        finally
        {
            EndRegistration(subscription);
        }
    }

    private void EndRegistration(NetworkEventSubscription? subscription)
    {
        lock (_eventLock)
        {
            _registrations--;
            if (subscription is not null)
            {
                _subscriptions[subscription.CallbackId] = subscription;
                foreach (CallbackEvent early in _early.Where(e => e.CallbackId == subscription.CallbackId))
                {
                    subscription.Post(early.Event);
                }

                _early.RemoveAll(e => e.CallbackId == subscription.CallbackId);
            }

            if (_registrations == 0)
            {
                _early.Clear();
            }
        }

        if (Closed.IsCompleted)
        {
            EndSubscriptions();
        }
    }

    private async ValueTask UnsubscribeAsync(NetworkEventSubscription subscription)
    {
        lock (_eventLock)
        {
            _subscriptions.Remove(subscription.CallbackId);
        }

        if (Closed.IsCompleted)
        {
            return;
        }

        try
        {
            await CallAsync(
                RemoteProcedures.DeregisterEvent, new Int32Message(subscription.CallbackId), CancellationToken.None);
        }
        catch (VirtNetException) when (Closed.IsCompleted)
        {
            // the connection took its registrations along
        }
    }

    private void EndSubscriptions()
    {
        lock (_eventLock)
        {
            foreach (NetworkEventSubscription subscription in _subscriptions.Values)
            {
                subscription.End();
            }

            _subscriptions.Clear();
        }
    }

    private void DispatchEvent(PacketHeader header, ReadOnlySpan<byte> payload)
    {
        if (ReadEvent(header, payload) is not { } received)
        {
            return; // other programs and events of other kinds are none of our business
        }

        lock (_eventLock)
        {
            if (_subscriptions.TryGetValue(received.CallbackId, out NetworkEventSubscription? subscription))
            {
                subscription.Post(received.Event);
            }
            else if (_registrations > 0)
            {
                _early.Add(received);
            }
        }
    }

    private static CallbackEvent? ReadEvent(PacketHeader header, ReadOnlySpan<byte> payload)
    {
        XdrReader reader = new(payload);
        switch ((header.Program, header.Procedure))
        {
            case (RpcPrograms.Remote, RemoteProcedures.LifecycleEvent):
                LifecycleMessage lifecycle = LifecycleMessage.Read(ref reader);
                return reader.Failed
                    ? throw ClientErrors.UndecodableReply()
                    : new CallbackEvent(
                        lifecycle.CallbackId,
                        new NetworkEvent.Lifecycle(lifecycle.Network, (NetworkLifecycle)lifecycle.Event));
            case (RpcPrograms.Remote, RemoteProcedures.MetadataChangeEvent):
                MetadataChangeMessage change = MetadataChangeMessage.Read(ref reader);
                return reader.Failed
                    ? throw ClientErrors.UndecodableReply()
                    : new CallbackEvent(
                        change.CallbackId,
                        new NetworkEvent.MetadataChanged(change.Network, change.Type, change.NamespaceUri));
            case (RpcPrograms.VirtNet, VirtNetProcedures.LeaseEvent):
                LeaseEventMessage lease = LeaseEventMessage.Read(ref reader);
                return reader.Failed
                    ? throw ClientErrors.UndecodableReply()
                    : new CallbackEvent(
                        lease.CallbackId,
                        new NetworkEvent.LeaseChanged(lease.Network, (LeaseChangeKind)lease.Change, lease.Lease));
            default:
                return null;
        }
    }

    private sealed record CallbackEvent(int CallbackId, NetworkEvent Event);
}
