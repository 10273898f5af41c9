using System.Numerics;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Which addresses of one range are taken, a bit each. It knows nothing of leases or time. Finding a free one looks at 64
/// addresses at a time, so a full range of 65,536 costs about a microsecond.
/// </summary>
internal sealed class AddressPool
{
    private readonly ulong[] _taken;

    public AddressPool(uint start, uint end)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, end);
        Start = start;
        Size = (int)(end - start + 1);
        _taken = new ulong[(Size + 63) / 64];
        if (Size % 64 != 0)
        {
            _taken[^1] = ulong.MaxValue << (Size % 64); // no addresses behind the end
        }

        Free = Size;
    }

    public uint Start { get; }

    public int Size { get; }

    /// <summary>How many are not taken.</summary>
    public int Free { get; private set; }

    public bool Contains(uint address) => address - Start < (uint)Size;

    public bool IsTaken(uint address) => (Word(address) & Bit(address)) != 0;

    public void Set(uint address, bool taken)
    {
        if (taken != IsTaken(address))
        {
            Word(address) ^= Bit(address);
            Free += taken ? -1 : 1;
        }
    }

    /// <summary>The first free address at or after the one that a hash stands for, going round; null if all are taken.</summary>
    public uint? FindFree(uint hash)
    {
        int first = (int)(hash % (uint)Size);
        int word = first / 64;
        ulong free = ~_taken[word] & (ulong.MaxValue << (first % 64));
        for (int looked = 0; looked <= _taken.Length; looked++)
        {
            if (free != 0)
            {
                return Start + (uint)((word * 64) + BitOperations.TrailingZeroCount(free));
            }

            word = word + 1 == _taken.Length ? 0 : word + 1;
            free = ~_taken[word];
        }

        return null;
    }

    private ref ulong Word(uint address) => ref _taken[(address - Start) / 64];

    private ulong Bit(uint address) => 1ul << (int)((address - Start) % 64);
}
