using System.Buffers.Binary;

namespace VirtNet.Wire.Dns;

/// <summary>
/// A DNS cookie (RFC 7873, 4): 8 octets of the client's, and up to 32 of the server's once the client knows them. Each side
/// knows by its own part that the other one has heard from it before.
/// </summary>
public readonly record struct DnsCookie
{
    public const int ClientLength = 8;
    public const int MinServerLength = 8;
    public const int MaxServerLength = 32;

    private readonly UInt128 _serverStart;
    private readonly UInt128 _serverEnd;
    private readonly byte _serverLength;

    /// <param name="server">Nothing, or <see cref="MinServerLength"/> to <see cref="MaxServerLength"/> octets.</param>
    public DnsCookie(ulong client, ReadOnlySpan<byte> server)
    {
        Span<byte> padded = stackalloc byte[MaxServerLength];
        server.CopyTo(padded);
        Client = client;
        _serverStart = BinaryPrimitives.ReadUInt128BigEndian(padded);
        _serverEnd = BinaryPrimitives.ReadUInt128BigEndian(padded[16..]);
        _serverLength = (byte)server.Length;
    }

    /// <summary>The client's part.</summary>
    public ulong Client { get; }

    /// <summary>Whether the server's part is there.</summary>
    public bool HasServer => _serverLength > 0;

    /// <summary>Octets of both parts.</summary>
    public int Length => ClientLength + _serverLength;

    /// <summary>Reads the value of the option; false if it has an impossible length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out DnsCookie cookie)
    {
        cookie = default;
        if (value.Length != ClientLength
            && value.Length is < ClientLength + MinServerLength or > ClientLength + MaxServerLength)
        {
            return false;
        }

        cookie = new DnsCookie(BinaryPrimitives.ReadUInt64BigEndian(value), value[ClientLength..]);
        return true;
    }

    public void Write(ref WireWriter writer)
    {
        Span<byte> padded = stackalloc byte[MaxServerLength];
        BinaryPrimitives.WriteUInt128BigEndian(padded, _serverStart);
        BinaryPrimitives.WriteUInt128BigEndian(padded[16..], _serverEnd);
        writer.WriteUInt64(Client);
        writer.WriteBytes(padded[.._serverLength]);
    }
}
