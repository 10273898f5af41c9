using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace VirtNet.Linux.Netlink;

/// <summary>A borrowed look at one attribute; valid as long as its datagram is. Short values read as zero.</summary>
internal readonly ref struct NetlinkAttribute(int type, ReadOnlySpan<byte> value)
{
    public int Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    public byte AsByte() => Value.Length >= 1 ? Value[0] : (byte)0;

    public ushort AsUInt16() => Value.Length >= 2 ? MemoryMarshal.Read<ushort>(Value) : (ushort)0;

    public uint AsUInt32() => Value.Length >= 4 ? MemoryMarshal.Read<uint>(Value) : 0;

    public int AsInt32() => (int)AsUInt32();

    public string AsString()
    {
        int end = Value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
    }

    /// <summary>Null unless it is 4 or 16 bytes long.</summary>
    public IPAddress? AsAddress() => Value.Length is 4 or 16 ? new IPAddress(Value) : null;

    public NetlinkAttributes AsNested() => new(Value);
}

/// <summary>Walks the attributes behind a message's fixed part; ends at the first that is cut short.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const int TypeMask = 0x3fff; // without the flags "nested" and "network byte order"

    private ReadOnlySpan<byte> _rest = bytes;

    public NetlinkAttribute Current { get; private set; }

    /// <summary>The value of the first of a type; empty if it is not there.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int type)
    {
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
        {
            if (attribute.Type == type)
            {
                return attribute.Value;
            }
        }

        return [];
    }

    public static int Aligned(int length) => (length + 3) & ~3;

    public readonly NetlinkAttributes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Current = new NetlinkAttribute(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask, _rest[4..length]);
        _rest = _rest[Math.Min(Aligned(length), _rest.Length)..];
        return true;
    }
}
