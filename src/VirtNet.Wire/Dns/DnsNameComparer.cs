using System.Buffers.Binary;
using VirtNet.Linux;

namespace VirtNet.Wire.Dns;

/// <summary>
/// Finds kept names by a span of a message without making an object. The hash is keyed anew in each process, so that a
/// guest cannot choose names that collide.
/// </summary>
public sealed class DnsNameComparer : IEqualityComparer<DnsName>, IAlternateEqualityComparer<ReadOnlySpan<byte>, DnsName>
{
    private const ulong Multiplier = 0x9e3779b97f4a7c15;
    private const ulong CaseBits = 0x2020202020202020;

    private static readonly ulong Key = SystemRandom.NextUInt64();

    private DnsNameComparer()
    {
    }

    public static DnsNameComparer Instance { get; } = new();

    /// <summary>Ignores the case bit of every octet: more than letters, which a hash may.</summary>
    public static int Hash(ReadOnlySpan<byte> name)
    {
        ulong hash = Key;
        while (name.Length >= sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(name) | CaseBits);
            name = name[sizeof(ulong)..];
        }

        ulong rest = (ulong)name.Length << 56;
        foreach (byte octet in name)
        {
            rest = (rest << 8) | (octet | 0x20u);
        }

        hash = Mix(hash, rest);
        return (int)(hash ^ (hash >> 32));
    }

    public bool Equals(DnsName? x, DnsName? y) => x is null ? y is null : x.Equals(y);

    public int GetHashCode(DnsName obj) => Hash(obj.Wire);

    public bool Equals(ReadOnlySpan<byte> alternate, DnsName other) => DnsName.SameName(alternate, other.Wire);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

    public DnsName Create(ReadOnlySpan<byte> alternate) => DnsName.FromWire(alternate);

    private static ulong Mix(ulong hash, ulong word)
    {
        ulong low = Math.BigMul(hash ^ word ^ Key, Multiplier, out ulong high);
        return low ^ high;
    }
}
