using VirtNet.Model;
using VirtNet.Services.Ports;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Addresses that are not given out for a while: a client declined them, or some machine answered for them without having
/// a lease. Whoever says so is believed for a few addresses only, or one guest could take them all from the others.
/// Bounded: when it is full the oldest is given another chance.
/// </summary>
internal sealed class BlockedAddresses<TAddress>(TimeSpan quarantine, int capacity, TimeProvider clock)
    where TAddress : struct, IEquatable<TAddress>
{
    /// <summary>Addresses that one MAC is believed to use, or to have found in use.</summary>
    public const int MaxPerMac = 4;

    /// <summary>The same for all MACs behind one port: more than a few machines may really be there, or invented ones.</summary>
    public const int MaxPerPort = 16;

    private readonly Dictionary<TAddress, LinkedListNode<Block>> _blocks = [];
    private readonly LinkedList<Block> _oldestFirst = [];
    private readonly Tally<MacAddress> _byMac = new();
    private readonly Tally<int> _byPort = new();

    public int Count => _blocks.Count;

    public IReadOnlyCollection<TAddress> Addresses => _blocks.Keys;

    public IEnumerable<TAddress> OldestFirst => _oldestFirst.Select(block => block.Address);

    public bool IsBlocked(TAddress address) => _blocks.ContainsKey(address);

    /// <summary>Whether it is blocked for this client; the machine that uses the address may have it as a lease.</summary>
    public bool IsBlockedFor(TAddress address, MacAddress client) =>
        _blocks.TryGetValue(address, out LinkedListNode<Block>? block) && block.Value.Holder != client;

    /// <summary>Blocks an address, if its witness is still believed. One that is blocked already stays so.</summary>
    /// <param name="holder">Who was seen to use the address; null = somebody.</param>
    /// <param name="evicted">The address that had to give way, if one did.</param>
    public bool TryAdd(TAddress address, MacAddress? holder, Witness witness, out TAddress? evicted)
    {
        evicted = null;
        if (_blocks.TryGetValue(address, out LinkedListNode<Block>? known))
        {
            known.Value = known.Value with { Holder = holder };
            return true;
        }

        if ((witness.Mac is { } mac && _byMac[mac] >= MaxPerMac)
            || _byPort[witness.Port] >= MaxPerPort)
        {
            return false;
        }

        if (_blocks.Count >= capacity)
        {
            evicted = _oldestFirst.First!.Value.Address;
            Remove(evicted.Value);
        }

        _blocks[address] = _oldestFirst.AddLast(new Block(address, holder, witness, clock.GetTimestamp()));
        CountFor(witness, 1);
        return true;
    }

    public void Remove(TAddress address)
    {
        if (_blocks.Remove(address, out LinkedListNode<Block>? block))
        {
            _oldestFirst.Remove(block);
            CountFor(block.Value.Witness, -1);
        }
    }

    /// <summary>Takes out one address whose time is over; null when there is none.</summary>
    public TAddress? Expire()
    {
        if (_oldestFirst.First is not { } oldest || clock.GetElapsedTime(oldest.Value.Since) < quarantine)
        {
            return null;
        }

        TAddress address = oldest.Value.Address;
        Remove(address);
        return address;
    }

    private void CountFor(Witness witness, int by)
    {
        if (witness.Mac is { } mac)
        {
            _byMac.Add(mac, by);
        }

        _byPort.Add(witness.Port, by);
    }

    private readonly record struct Block(TAddress Address, MacAddress? Holder, Witness Witness, long Since);
}
