using System.Buffers.Binary;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// Writes some records of a message anew: names in them may point into records that are left out, so that names are written
/// out, but for what they share with the question's: that has the capitals of whoever asked.
/// </summary>
internal ref struct RecordCopy
{
    private const ushort Pointer = 0xc000;

    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _asked;
    private readonly List<ushort> _timeToLiveOffsets = [];
    private WireWriter _writer;

    /// <param name="message">The whole message: header, one question, records.</param>
    /// <param name="bodyStart">Where its records begin.</param>
    /// <param name="records">How many there are.</param>
    public RecordCopy(ReadOnlySpan<byte> message, int bodyStart, int records)
    {
        int room = message.Length - bodyStart + (records * 3 * DnsName.MaxLength);
        _message = message;
        _asked = message[DnsHeader.Length..(bodyStart - 4)];
        _writer = new WireWriter(new byte[Math.Min(room, ushort.MaxValue - bodyStart)]);
    }

    public readonly ReadOnlySpan<byte> Written => _writer.Written;

    /// <summary>Where the TTLs stand in <see cref="Written"/>.</summary>
    public readonly ushort[] TimeToLiveOffsets => [.. _timeToLiveOffsets];

    /// <summary>False if there is no room, or the record's data is malformed; the copy is of no use then.</summary>
    public bool TryAdd(in DnsRecordView record)
    {
        WireReader reader = new(_message);
        reader.Skip(record.Offset);
        WriteName(ref reader, canPoint: true);
        _timeToLiveOffsets.Add((ushort)(_writer.Position + 4));
        _writer.WriteBytes(reader.ReadBytes(8));
        reader.Skip(sizeof(ushort));
        Span<byte> length = _writer.Reserve(sizeof(ushort));
        int start = _writer.Position;
        _writer.WriteBytes(reader.ReadBytes(OctetsBeforeNames(record.Type)));
        for (int i = NamesIn(record.Type); i > 0; i--)
        {
            WriteName(ref reader, canPoint: record.Type <= DnsType.Mx); // what came after RFC 1035 may not (RFC 3597, 4)
        }

        int rest = record.DataOffset + record.Data.Length - reader.Position;
        _writer.WriteBytes(rest < 0 ? [] : reader.ReadBytes(rest));
        if (rest < 0 || reader.Failed || _writer.Overflowed)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(_writer.Position - start));
        return true;
    }

    private void WriteName(ref WireReader reader, bool canPoint)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        int length = DnsName.Read(ref reader, name);
        if (length == 0)
        {
            return; // the reader has failed
        }

        ReadOnlySpan<byte> rest = name[..length];
        int at = 0;
        while (canPoint && rest[0] != 0 && (at = PlaceInQuestion(rest)) == 0)
        {
            _writer.WriteBytes(rest[..(rest[0] + 1)]);
            rest = DnsName.Parent(rest);
        }

        if (at > 0)
        {
            _writer.WriteUInt16((ushort)(Pointer | at));
        }
        else
        {
            _writer.WriteBytes(rest);
        }
    }

    /// <summary>Where in the message the question's name ends like this; 0: nowhere.</summary>
    private readonly int PlaceInQuestion(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> end = _asked;
        while (end.Length > name.Length)
        {
            end = DnsName.Parent(end);
        }

        return end.Length == name.Length && DnsName.SameName(end, name) ? DnsHeader.Length + _asked.Length - end.Length : 0;
    }

    /// <summary>Names in a record's data that may be compressed (RFC 3597, 4).</summary>
    private static int NamesIn(DnsType type) => (ushort)type switch
    {
        (ushort)DnsType.Soa or 14 or 17 or 26 => 2, // MINFO, RP, PX
        (ushort)DnsType.Ns or (ushort)DnsType.Cname or (ushort)DnsType.Ptr or (ushort)DnsType.Mx or (ushort)DnsType.Srv => 1,
        3 or 4 or 7 or 8 or 9 or 18 or 21 or 36 or 39 => 1, // MD, MF, MB, MG, MR, AFSDB, RT, KX, DNAME
        _ => 0,
    };

    private static int OctetsBeforeNames(DnsType type) => (ushort)type switch
    {
        (ushort)DnsType.Mx or 18 or 21 or 26 or 36 => 2,
        (ushort)DnsType.Srv => 6,
        _ => 0,
    };
}
