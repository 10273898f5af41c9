using System.Buffers.Binary;
using VirtNet.Linux;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Answers;

/// <summary>
/// This server's part of DNS cookies, in the form of RFC 9018, 4: version, time, and a hash of them with the client's part
/// and address. It shows a client that an answer comes from whom it asked; nobody is refused for having no cookie.
/// </summary>
internal sealed class ServerCookies(TimeProvider clock)
{
    /// <summary>Octets of version and time, then of the hash.</summary>
    private const int HalfLength = 8;

    private const byte Version = 1;

    private readonly SipHash _hash = new(SystemRandom.NextUInt64(), SystemRandom.NextUInt64());

    /// <summary>What to answer a client with that sent this cookie.</summary>
    public DnsCookie Answer(in DnsCookie asked, NetAddress client)
    {
        Span<byte> input = stackalloc byte[DnsCookie.ClientLength + HalfLength + 16];
        BinaryPrimitives.WriteUInt64BigEndian(input, asked.Client);
        Span<byte> head = input.Slice(DnsCookie.ClientLength, HalfLength);
        head.Clear();
        head[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], (uint)clock.GetUtcNow().ToUnixTimeSeconds());
        int length = DnsCookie.ClientLength + HalfLength + client.CopyTo(input[(DnsCookie.ClientLength + HalfLength)..]);

        Span<byte> server = stackalloc byte[2 * HalfLength];
        head.CopyTo(server);
        BinaryPrimitives.WriteUInt64LittleEndian(server[HalfLength..], _hash.Compute(input[..length]));
        return new DnsCookie(asked.Client, server);
    }
}
