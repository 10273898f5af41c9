using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Sockets;

/// <summary>An IPv4 or IPv6 address as a value: nothing is allocated per packet, unlike <see cref="IPAddress"/>.</summary>
internal readonly record struct NetAddress
{
    private readonly ulong _high;
    private readonly ulong _low;

    private NetAddress(AddressFamily family, ulong high, ulong low)
    {
        Family = family;
        _high = high;
        _low = low;
    }

    public static NetAddress AnyV4 { get; } = new(AddressFamily.InterNetwork, 0, 0);

    public static NetAddress AnyV6 { get; } = new(AddressFamily.InterNetworkV6, 0, 0);

    /// <summary>Unspecified (0) for the default value, which stands for "no address".</summary>
    public AddressFamily Family { get; }

    public bool IsNone => Family == AddressFamily.Unspecified;

    public bool IsV6 => Family == AddressFamily.InterNetworkV6;

    /// <summary>Octets of the address: 4, 16, or 0 for none.</summary>
    public int Length => IsV6 ? 16 : IsNone ? 0 : 4;

    /// <summary>fe80::/10: meaningful only together with an interface.</summary>
    public bool IsLinkLocalV6 => IsV6 && _high >> 54 == 0xfe80 >> 6;

    /// <summary>::ffff:0:0/96: IPv4 seen through IPv6's calls, which no IPv6 packet is sent to (RFC 4291, 2.5.5.2).</summary>
    public bool IsMappedV4 => IsV6 && _high == 0 && _low >> 32 == 0xffff;

    public bool IsLoopback => IsV6 ? _high == 0 && _low == 1 : !IsNone && _low >> 24 == 127;

    public static NetAddress From(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out int length);
        return From(octets[..length]);
    }

    /// <summary>Reads 4 or 16 octets in network order; anything else is no address.</summary>
    public static NetAddress From(ReadOnlySpan<byte> octets) => octets.Length switch
    {
        4 => new(AddressFamily.InterNetwork, 0, BinaryPrimitives.ReadUInt32BigEndian(octets)),
        16 => new(
            AddressFamily.InterNetworkV6,
            BinaryPrimitives.ReadUInt64BigEndian(octets),
            BinaryPrimitives.ReadUInt64BigEndian(octets[8..])),
        _ => default,
    };

    /// <summary>Writes the address in network order and returns how many octets that were.</summary>
    public int CopyTo(Span<byte> destination)
    {
        if (IsV6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
            BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        }
        else if (!IsNone)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
        }

        return Length;
    }

    public IPAddress ToIPAddress(uint scope = 0)
    {
        Span<byte> octets = stackalloc byte[16];
        int length = CopyTo(octets);
        return length == 16 ? new IPAddress(octets, scope) : new IPAddress(octets[..4]);
    }

    public override string ToString() => IsNone ? "-" : ToIPAddress().ToString();
}
