using VirtNet.Model;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Addresses that must not be given out for a while: a client declined them, or some machine answered for them without
/// having a lease. Bounded: when it is full the oldest is given another chance.
/// </summary>
internal sealed class BlockedAddresses<TAddress>(TimeSpan quarantine, int capacity, TimeProvider clock)
    where TAddress : struct, IEquatable<TAddress>
{
    private readonly Dictionary<TAddress, Block> _blocks = [];
    private readonly Queue<TAddress> _order = new();

    public int Count => _blocks.Count;

    public IReadOnlyCollection<TAddress> Addresses => _blocks.Keys;

    public bool IsBlocked(TAddress address) => _blocks.ContainsKey(address);

    /// <summary>Whether it is blocked for this client; the machine that uses the address may have it as a lease.</summary>
    public bool IsBlockedFor(TAddress address, MacAddress client) =>
        _blocks.TryGetValue(address, out Block block) && block.Holder != client;

    /// <param name="holder">Who was seen to use the address; null = somebody.</param>
    /// <returns>The address that had to give way, if one did.</returns>
    public TAddress? Add(TAddress address, MacAddress? holder)
    {
        bool known = _blocks.ContainsKey(address);
        TAddress? evicted = null;
        if (!known && _blocks.Count >= capacity)
        {
            evicted = _order.Dequeue();
            _blocks.Remove(evicted.Value);
        }

        if (!known)
        {
            _order.Enqueue(address);
        }

        _blocks[address] = new Block(holder, known ? _blocks[address].Since : clock.GetTimestamp());
        return evicted;
    }

    /// <summary>Takes out one address whose time is over; null when there is none.</summary>
    public TAddress? Expire()
    {
        if (!_order.TryPeek(out TAddress oldest) || clock.GetElapsedTime(_blocks[oldest].Since) < quarantine)
        {
            return null;
        }

        _order.Dequeue();
        _blocks.Remove(oldest);
        return oldest;
    }

    private readonly record struct Block(MacAddress? Holder, long Since);
}
