using System.Diagnostics.CodeAnalysis;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Addresses that were offered and not yet asked for. An offer keeps others from being offered the same; it is no promise:
/// a client that asks for the address first gets it, and when nothing else is free the oldest offer is made again to
/// somebody else, so that a flood of clients which never come back blocks nothing.
/// </summary>
/// <param name="hold">How long a client has to ask.</param>
internal sealed class OfferTable<TAddress, TClient>(TimeSpan hold, TimeProvider clock)
    where TAddress : struct, IEquatable<TAddress>
    where TClient : struct, IEquatable<TClient>
{
    private readonly Dictionary<TAddress, LinkedListNode<Offer>> _byAddress = [];
    private readonly Dictionary<TClient, LinkedListNode<Offer>> _byClient = [];
    private readonly LinkedList<Offer> _oldestFirst = [];

    public int Count => _oldestFirst.Count;

    public bool TryFind(in TClient client, out TAddress address)
    {
        bool found = _byClient.TryGetValue(client, out LinkedListNode<Offer>? node);
        address = found ? node!.Value.Address : default;
        return found;
    }

    public bool IsOffered(TAddress address) => _byAddress.ContainsKey(address);

    public bool IsOfferedToOther(TAddress address, in TClient client) =>
        _byAddress.TryGetValue(address, out LinkedListNode<Offer>? node) && !node.Value.Client.Equals(client);

    /// <summary>The address whose offer is the oldest, if it is at least so old.</summary>
    public TAddress? Oldest(TimeSpan age) =>
        _oldestFirst.First?.Value is { } offer && clock.GetElapsedTime(offer.Made) >= age ? offer.Address : null;

    /// <summary>Notes an offer; the client's earlier one and the address's are over. Returns the freed address, if another.</summary>
    public TAddress? Add(TAddress address, in TClient client)
    {
        TAddress? freed = _byClient.TryGetValue(client, out LinkedListNode<Offer>? before) && !before.Value.Address.Equals(address)
            ? before.Value.Address
            : null;
        if (before is not null)
        {
            Remove(before);
        }

        Remove(address);
        LinkedListNode<Offer> node = _oldestFirst.AddLast(new Offer(address, client, clock.GetTimestamp()));
        _byAddress[address] = node;
        _byClient[client] = node;
        return freed;
    }

    public void Remove(TAddress address)
    {
        if (_byAddress.TryGetValue(address, out LinkedListNode<Offer>? node))
        {
            Remove(node);
        }
    }

    public void Clear()
    {
        _byAddress.Clear();
        _byClient.Clear();
        _oldestFirst.Clear();
    }

    /// <summary>Takes out one offer whose time is over; false when there is none.</summary>
    public bool TryExpire([NotNullWhen(true)] out TAddress? address)
    {
        address = null;
        if (_oldestFirst.First is { } oldest && clock.GetElapsedTime(oldest.Value.Made) >= hold)
        {
            address = oldest.Value.Address;
            Remove(oldest);
        }

        return address is not null;
    }

    private void Remove(LinkedListNode<Offer> node)
    {
        _oldestFirst.Remove(node);
        _byAddress.Remove(node.Value.Address);
        _byClient.Remove(node.Value.Client);
    }

    private readonly record struct Offer(TAddress Address, TClient Client, long Made);
}
