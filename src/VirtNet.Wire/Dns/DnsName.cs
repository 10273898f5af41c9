using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace VirtNet.Wire.Dns;

/// <summary>
/// A domain name that is kept: its uncompressed wire form, letters as given. Two names are equal without regard to case
/// (RFC 4343). Names inside a message are spans of the same form; <see cref="DnsNameComparer"/> compares both.
/// </summary>
public sealed partial class DnsName : IEquatable<DnsName>
{
    /// <summary>Octets of the longest name, its final zero included (RFC 1035, 2.3.4).</summary>
    public const int MaxLength = 255;

    public const int MaxLabelLength = 63;

    private readonly byte[] _wire;

    private DnsName(byte[] wire) => _wire = wire;

    public static DnsName Root { get; } = new([0]);

    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>Whether it is one label, without a dot.</summary>
    public bool IsPlain => IsPlainName(_wire);

    /// <summary>Keeps a copy of a name in wire form, which must be well-formed.</summary>
    public static DnsName FromWire(ReadOnlySpan<byte> wire) => new(wire.ToArray());

    /// <summary>
    /// Reads the usual dotted form, with or without a dot at the end; null if a label is empty or longer than 63 octets or
    /// the whole is too long. Characters are not judged; those beyond ASCII are taken as UTF-8.
    /// </summary>
    public static DnsName? TryParse(string text)
    {
        string trimmed = text.EndsWith('.') ? text[..^1] : text;
        if (trimmed.Length == 0)
        {
            return text.Length == 0 ? null : Root;
        }

        WireWriter writer = new(stackalloc byte[MaxLength]);
        foreach (string label in trimmed.Split('.'))
        {
            byte[] octets = Encoding.UTF8.GetBytes(label);
            if (octets.Length is 0 or > MaxLabelLength)
            {
                return null;
            }

            writer.WriteByte((byte)octets.Length);
            writer.WriteBytes(octets);
        }

        writer.WriteByte(0);
        return writer.Overflowed ? null : FromWire(writer.Written);
    }

    /// <summary>This name with another one after it; null if the result is too long.</summary>
    public DnsName? Under(DnsName domain)
    {
        int length = _wire.Length - 1 + domain._wire.Length;
        return length > MaxLength ? null : new DnsName([.. _wire.AsSpan(0, _wire.Length - 1), .. domain._wire]);
    }

    public bool Equals([NotNullWhen(true)] DnsName? other) => other is not null && SameName(_wire, other._wire);

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode() => DnsNameComparer.Hash(_wire);

    public override string ToString() => ToText(_wire);
}
