using System.Buffers.Binary;
using System.Text;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Wire.Dhcp6;

/// <summary>Writes the options of a server's message, behind its header (RFC 8415, 21).</summary>
public ref struct Dhcp6Writer
{
    private WireWriter _writer;

    public Dhcp6Writer(Span<byte> buffer, Dhcp6MessageType type, uint transactionId)
    {
        _writer = new WireWriter(buffer);
        _writer.WriteUInt32(((uint)type << 24) | (transactionId & 0xffffff));
    }

    /// <summary>Octets written; 0 if not everything fitted.</summary>
    public readonly int Length => _writer.Overflowed ? 0 : _writer.Position;

    public void WriteBytes(Dhcp6OptionCode code, scoped ReadOnlySpan<byte> value)
    {
        WriteHeader(code, value.Length);
        _writer.WriteBytes(value);
    }

    public void WriteSeconds(Dhcp6OptionCode code, uint seconds)
    {
        WriteHeader(code, 4);
        _writer.WriteUInt32(seconds);
    }

    public void WriteStatus(Dhcp6Status status, string text)
    {
        WriteHeader(Dhcp6OptionCode.StatusCode, 2 + text.Length);
        _writer.WriteUInt16((ushort)status);
        WriteAscii(text);
    }

    /// <summary>Begins an IA_NA or IA_TA; options up to <see cref="EndIa"/> are inside it.</summary>
    /// <param name="t1">Seconds; temporary addresses have no such times.</param>
    /// <param name="t2">Seconds, likewise.</param>
    /// <returns>What <see cref="EndIa"/> needs.</returns>
    public int BeginIa(Dhcp6IaId id, uint t1, uint t2)
    {
        WriteHeader(id.IsTemporary ? Dhcp6OptionCode.IaTa : Dhcp6OptionCode.IaNa, 0);
        int start = _writer.Position;
        _writer.WriteUInt32(id.Number);
        if (!id.IsTemporary)
        {
            _writer.WriteUInt32(t1);
            _writer.WriteUInt32(t2);
        }

        return start;
    }

    /// <summary>Begins an IA_PD without any times; options up to <see cref="EndIa"/> are inside it.</summary>
    /// <returns>What <see cref="EndIa"/> needs.</returns>
    public int BeginPrefixIa(uint iaid)
    {
        WriteHeader(Dhcp6OptionCode.IaPd, 0);
        int start = _writer.Position;
        _writer.WriteUInt32(iaid);
        _writer.WriteUInt64(0); // T1 and T2
        return start;
    }

    /// <param name="buffer">The buffer that the writer was made with.</param>
    public readonly void EndIa(Span<byte> buffer, int start)
    {
        if (!_writer.Overflowed)
        {
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(start - 2)..], (ushort)(_writer.Position - start));
        }
    }

    /// <param name="seconds">Preferred and valid lifetime.</param>
    public void WriteAddress(UInt128 address, uint seconds) => WriteAddress(address, seconds, seconds);

    /// <param name="preferred">Seconds for which it may be the source of new connections.</param>
    public void WriteAddress(UInt128 address, uint preferred, uint valid)
    {
        WriteHeader(Dhcp6OptionCode.IaAddress, 24);
        _writer.WriteUInt64((ulong)(address >> 64));
        _writer.WriteUInt64((ulong)address);
        _writer.WriteUInt32(preferred);
        _writer.WriteUInt32(valid);
    }

    /// <param name="name">Legal labels, joined by dots.</param>
    /// <param name="complete">Whether the domain is part of it.</param>
    public void WriteFqdn(byte flags, string name, bool complete)
    {
        if (name.Length > ClientFqdn.MaxName)
        {
            return;
        }

        WriteHeader(Dhcp6OptionCode.ClientFqdn, 2 + name.Length + (complete ? 1 : 0));
        _writer.WriteByte(flags);
        foreach (Range label in name.AsSpan().Split('.'))
        {
            _writer.WriteByte((byte)name.AsSpan(label).Length);
            WriteAscii(name.AsSpan(label));
        }

        if (complete)
        {
            _writer.WriteByte(0);
        }
    }

    private void WriteHeader(Dhcp6OptionCode code, int length)
    {
        _writer.WriteUInt16((ushort)code);
        _writer.WriteUInt16((ushort)length);
    }

    private void WriteAscii(ReadOnlySpan<char> text)
    {
        Span<byte> place = _writer.Reserve(text.Length);
        if (!place.IsEmpty)
        {
            Encoding.ASCII.GetBytes(text, place);
        }
    }
}
