using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace VirtNet.Host.Neighbours;

/// <summary>Very many addresses and subnets: asking costs about the same however many they are.</summary>
internal sealed class AddressRanges
{
    private readonly (UInt128 First, UInt128 Last)[] _ranges;

    /// <summary>The end that reaches farthest of a range and all before it: they may be within each other.</summary>
    private readonly UInt128[] _reach;

    /// <param name="ranges">First and last addresses.</param>
    public AddressRanges(IEnumerable<(IPAddress First, IPAddress Last)> ranges)
    {
        _ranges = [.. ranges.Select(range => (NumberOf(range.First), NumberOf(range.Last))).Order()];
        _reach = new UInt128[_ranges.Length];
        for (int i = 0; i < _ranges.Length; i++)
        {
            _reach[i] = i > 0 && _reach[i - 1] > _ranges[i].Last ? _reach[i - 1] : _ranges[i].Last;
        }
    }

    public bool Contain(IPAddress address)
    {
        UInt128 number = NumberOf(address);
        int low = 0;
        int high = _ranges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _ranges[middle].First <= number ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && _reach[low - 1] >= number;
    }

    /// <summary>IPv4 addresses as IPv6 has them, so that neither is taken for the other.</summary>
    private static UInt128 NumberOf(IPAddress address) => BinaryPrimitives.ReadUInt128BigEndian(
        (address.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv6() : address).GetAddressBytes());
}
