using VirtNet.Wire.Dns;

namespace VirtNet.Wire.Tests.Dns;

/// <summary>Builds DNS messages by hand, good and bad ones.</summary>
internal static class TestMessages
{
    public static byte[] Name(string text) => DnsName.TryParse(text)!.Wire.ToArray();

    public static byte[] Query(
        string name, DnsType type = DnsType.A, ushort id = 0x1234, DnsFlags flags = DnsFlags.RecursionDesired, DnsEdns? edns = null)
    {
        WireWriter writer = new(new byte[1024]);
        new DnsHeader(id, flags, 1, 0, 0, edns is null ? (ushort)0 : (ushort)1).Write(ref writer);
        writer.WriteBytes(Name(name));
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16((ushort)DnsClass.Internet);
        edns?.Write(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>A response with records of the question's name in the answer section.</summary>
    public static byte[] Response(string name, DnsType type, uint ttl, params byte[][] data)
    {
        WireWriter writer = new(new byte[4096]);
        new DnsHeader(1, DnsFlags.Response, 1, (ushort)data.Length, 0, 1).Write(ref writer);
        writer.WriteBytes(Name(name));
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16((ushort)DnsClass.Internet);
        foreach (byte[] one in data)
        {
            Record(ref writer, [0xc0, 12], type, ttl, one);
        }

        new DnsEdns(1232).Write(ref writer);
        return writer.Written.ToArray();
    }

    public static void Record(ref WireWriter writer, ReadOnlySpan<byte> owner, DnsType type, uint ttl, ReadOnlySpan<byte> data)
    {
        writer.WriteBytes(owner);
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16((ushort)DnsClass.Internet);
        writer.WriteUInt32(ttl);
        writer.WriteUInt16((ushort)data.Length);
        writer.WriteBytes(data);
    }
}
