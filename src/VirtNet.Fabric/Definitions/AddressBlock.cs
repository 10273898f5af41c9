using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using VirtNet.Model;

namespace VirtNet.Fabric.Definitions;

/// <summary>
/// Addresses in a row. Those that hosts take from a pool begin at multiples of <see cref="Size"/>, so that a pool may grow or
/// shrink under them.
/// </summary>
internal sealed record AddressBlock(IPAddress First, IPAddress Last)
{
    /// <summary>How many addresses a host takes at a time.</summary>
    public const int Size = 16;

    /// <summary>A pool of IPv6 may be larger than anybody can walk through.</summary>
    private const int MaxBlocks = 1 << 16;

    /// <summary>By number, not by text.</summary>
    public static IComparer<IPAddress> InOrder { get; } = Comparer<IPAddress>.Create((one, other) => NumberOf(one).CompareTo(NumberOf(other)));

    /// <summary>How many addresses it has, up to the largest number.</summary>
    public int Count => (int)UInt128.Min(NumberOf(Last) - NumberOf(First) + 1, int.MaxValue);

    /// <summary>The block that an address lies in.</summary>
    public static AddressBlock Of(IPAddress address) => At(AddressOf(NumberOf(address) & ~(UInt128)(Size - 1), address.AddressFamily));

    /// <summary>The block that begins there.</summary>
    public static AddressBlock At(IPAddress first) => new(first, AddressOf(NumberOf(first) | (Size - 1), first.AddressFamily));

    public static AddressBlock? TryParse(string? first, string? last) =>
        IPAddress.TryParse(first, out IPAddress? start) && IPAddress.TryParse(last, out IPAddress? end)
        && start.AddressFamily == end.AddressFamily && NumberOf(start) <= NumberOf(end)
            ? new AddressBlock(start, end)
            : null;

    public static string Format(DhcpRange range) => $"{range.Start}-{range.End}";

    /// <summary>The first addresses of all blocks that a pool reaches into, from a place on and then from the beginning.</summary>
    /// <param name="from">Any number: hosts that begin at different places do not compete.</param>
    public static IEnumerable<IPAddress> FirstsIn(DhcpRange pool, uint from)
    {
        UInt128 first = NumberOf(pool.Start) / Size;
        UInt128 end = NumberOf(pool.End) / Size;
        if (end < first)
        {
            yield break;
        }

        uint count = (uint)UInt128.Min(end - first + 1, MaxBlocks);
        for (uint i = 0; i < count; i++)
        {
            yield return AddressOf((first + ((from % count) + i) % count) * Size, pool.Start.AddressFamily);
        }
    }

    /// <summary>What both have; null = nothing.</summary>
    public AddressBlock? Intersect(AddressBlock other)
    {
        if (First.AddressFamily != other.First.AddressFamily)
        {
            return null;
        }

        UInt128 first = UInt128.Max(NumberOf(First), NumberOf(other.First));
        UInt128 last = UInt128.Min(NumberOf(Last), NumberOf(other.Last));
        return first <= last ? new AddressBlock(AddressOf(first, First.AddressFamily), AddressOf(last, First.AddressFamily)) : null;
    }

    /// <summary>The same addresses in as few rows as can be, in order.</summary>
    public static IReadOnlyList<AddressBlock> Join(IEnumerable<AddressBlock> blocks)
    {
        List<AddressBlock> joined = [];
        foreach (AddressBlock block in blocks.OrderBy(block => NumberOf(block.First)))
        {
            if (joined is [.., var last] && NumberOf(block.First) <= NumberOf(last.Last) + 1)
            {
                joined[^1] = NumberOf(block.Last) > NumberOf(last.Last) ? last with { Last = block.Last } : last;
            }
            else
            {
                joined.Add(block);
            }
        }

        return joined;
    }

    public bool Contains(IPAddress address) =>
        address.AddressFamily == First.AddressFamily && NumberOf(address) >= NumberOf(First) && NumberOf(address) <= NumberOf(Last);

    private static UInt128 NumberOf(IPAddress address)
    {
        byte[] octets = address.GetAddressBytes();
        return octets.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(octets) : BinaryPrimitives.ReadUInt128BigEndian(octets);
    }

    private static IPAddress AddressOf(UInt128 number, AddressFamily family)
    {
        byte[] octets = new byte[family == AddressFamily.InterNetwork ? 4 : 16];
        if (octets.Length == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets, (uint)number);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(octets, number);
        }

        return new IPAddress(octets);
    }
}
