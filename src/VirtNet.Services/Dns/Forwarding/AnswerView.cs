using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// An upstream's answer, just come or kept: its records as bytes, to be sent to any client that asked the same. Borrowed.
/// </summary>
internal readonly ref struct AnswerView(
    DnsHeader header, ReadOnlySpan<byte> records, ReadOnlySpan<byte> timeToLiveOffsets, uint age, ushort error)
{
    /// <summary>Octets that this server takes and sends over UDP: what passes everywhere without fragments.</summary>
    public const ushort PayloadSize = 1232;

    /// <summary>Code, AD and TC, and the counts of the records.</summary>
    public DnsHeader Header { get; } = header;

    public ReadOnlySpan<byte> Records { get; } = records;

    /// <summary>Native 16-bit numbers: where the TTLs stand in <see cref="Records"/>.</summary>
    public ReadOnlySpan<byte> TimeToLiveOffsets { get; } = timeToLiveOffsets;

    /// <summary>Seconds since it came.</summary>
    public uint Age { get; } = age;

    /// <summary>An extended error that came with it, or 0.</summary>
    public ushort Error { get; } = error;

    /// <summary>Clients are told no more seconds than this; 0 = no limit.</summary>
    public uint MostTold { get; init; }

    /// <summary>It comes out of the cache.</summary>
    public bool IsKept { get; init; }

    /// <summary>Writes the answer to one client and returns its length.</summary>
    public int Write(Span<byte> buffer, in DnsClient client, ReadOnlySpan<byte> lowerName, DnsType type)
    {
        int questionEnd = DnsHeader.Length + lowerName.Length + 4;
        DnsEdns? edns = client.Edns is { } own ? own with { Error = Error } : null;
        int optLength = edns is { } opt ? opt.Length : 0;
        bool fits = questionEnd + Records.Length + optLength <= Math.Min(client.Limit, buffer.Length);
        bool truncated = !fits || (Header.Flags & DnsFlags.Truncated) != 0;

        DnsFlags flags = DnsFlags.Response | DnsFlags.RecursionAvailable
            | (client.Flags & (DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled))
            | CodeFor(client);
        if (truncated)
        {
            flags |= DnsFlags.Truncated;
        }

        // RFC 6840, 5.7: AD is for clients that show they understand it.
        if (edns is { DnssecOk: true } || (client.Flags & DnsFlags.AuthenticData) != 0)
        {
            flags |= Header.Flags & DnsFlags.AuthenticData;
        }

        WireWriter writer = new(buffer);
        ushort extra = edns is null ? (ushort)0 : (ushort)1;
        DnsHeader answer = truncated
            ? new DnsHeader(client.Id, flags, 1, 0, 0, extra)
            : Header with { Id = client.Id, Flags = flags, Questions = 1, Additionals = (ushort)(Header.Additionals + extra) };
        answer.Write(ref writer);
        client.NameCase.Apply(lowerName, writer.Reserve(lowerName.Length));
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16((ushort)DnsClass.Internet);
        if (!truncated)
        {
            Span<byte> records = writer.Reserve(Records.Length);
            Records.CopyTo(records);
            SetTimes(records);
        }

        edns?.Write(ref writer);
        return writer.Position;
    }

    private DnsFlags CodeFor(in DnsClient client)
    {
        DnsFlags code = Header.Flags & DnsFlags.CodeMask;
        return client.NameExists && code == (DnsFlags)DnsCode.NoSuchName ? DnsFlags.Authoritative : code;
    }

    private void SetTimes(Span<byte> records)
    {
        if (Age == 0 && MostTold == 0)
        {
            return;
        }

        // As with dnsmasq: of what has just come only the answer itself is told to count for less.
        ReadOnlySpan<ushort> offsets = MemoryMarshal.Cast<byte, ushort>(TimeToLiveOffsets);
        int limited = MostTold == 0 ? 0 : IsKept ? offsets.Length : Header.Answers;
        for (int i = 0; i < offsets.Length; i++)
        {
            Span<byte> place = records.Slice(offsets[i], sizeof(uint));
            uint said = BinaryPrimitives.ReadUInt32BigEndian(place);
            uint left = said > Age ? said - Age : 0;
            BinaryPrimitives.WriteUInt32BigEndian(place, i < limited ? Math.Min(left, MostTold) : left);
        }
    }
}
