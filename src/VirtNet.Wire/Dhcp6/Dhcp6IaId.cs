using System.Globalization;

namespace VirtNet.Wire.Dhcp6;

/// <summary>
/// Tells a client's identity associations apart: a number that it chose, and which kind of association it means, for each
/// kind has numbers of its own (RFC 8415, 4.2).
/// </summary>
/// <param name="IsTemporary">IA_TA: for temporary addresses (RFC 8415, 6.5).</param>
public readonly record struct Dhcp6IaId(uint Number, bool IsTemporary = false)
{
    private const long TemporaryBit = 1L << 32;

    /// <summary>Both in one number, to be kept; see <see cref="FromInt64"/>.</summary>
    public long ToInt64() => Number | (IsTemporary ? TemporaryBit : 0);

    public static Dhcp6IaId FromInt64(long value) => new((uint)value, (value & TemporaryBit) != 0);

    /// <summary>The number, after a T for a temporary one, as dnsmasq and so lease lists of libvirt write it.</summary>
    public override string ToString() => (IsTemporary ? "T" : "") + Number.ToString(CultureInfo.InvariantCulture);
}
