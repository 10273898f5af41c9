namespace VirtNet.Wire.Dns;

/// <summary>
/// Writes the answer to one question: the question back as it came, records that answer it, an OPT record if the client
/// sent one. Owners are written as pointers.
/// </summary>
public ref struct DnsAnswerWriter
{
    /// <summary>The owner of records of the question's own name: a pointer to it.</summary>
    public const ushort QuestionOwner = Pointer | DnsHeader.Length;

    private const ushort Pointer = 0xc000;

    private readonly Span<byte> _buffer;
    private readonly DnsHeader _asked;
    private readonly DnsEdns? _edns;
    private readonly int _limit;
    private WireWriter _writer;
    private int _answers;
    private int _authorities;
    private int _further;
    private readonly int _bodyStart;

    /// <param name="limit">Octets of the largest answer allowed; more is truncated.</param>
    /// <param name="edns">What to answer a client with that sent EDNS.</param>
    public DnsAnswerWriter(Span<byte> buffer, int limit, in DnsQuery query, DnsEdns? edns)
    {
        _buffer = buffer;
        _limit = Math.Min(limit, buffer.Length);
        _asked = query.Header;
        _edns = edns;
        _writer = new WireWriter(buffer[..(_limit - (edns is { } opt ? opt.Length + DnsEdns.ErrorLength : 0))]);
        _writer.Reserve(DnsHeader.Length);
        if (!query.Name.IsEmpty)
        {
            _writer.WriteBytes(query.Name);
            _writer.WriteUInt16((ushort)query.Type);
            _writer.WriteUInt16(query.Class);
        }

        HasQuestion = !query.Name.IsEmpty;
        _bodyStart = _writer.Position;
    }

    /// <summary>Answer records written so far.</summary>
    public readonly int Answers => _answers;

    private bool HasQuestion { get; }

    /// <summary>
    /// A CNAME of an owner (<see cref="QuestionOwner"/> or an alias before it); the result is the owner for the records of
    /// its target.
    /// </summary>
    public ushort AddAlias(ushort owner, uint timeToLive, scoped ReadOnlySpan<byte> target)
    {
        Add(owner, DnsType.Cname, timeToLive, target);
        return (ushort)(Pointer | (_writer.Position - target.Length));
    }

    public void Add(
        ushort owner, DnsType type, uint timeToLive, scoped ReadOnlySpan<byte> data, DnsClass @class = DnsClass.Internet)
    {
        _writer.WriteUInt16(owner);
        WriteRecord(type, @class, timeToLive, data);
        _answers++;
    }

    /// <summary>A record that says whose word the answer is. After all answers, before what is further.</summary>
    /// <param name="owner">Its owner's whole name.</param>
    public void AddAuthority(scoped ReadOnlySpan<byte> owner, DnsType type, uint timeToLive, scoped ReadOnlySpan<byte> data)
    {
        _writer.WriteBytes(owner);
        WriteRecord(type, DnsClass.Internet, timeToLive, data);
        _authorities++;
    }

    /// <summary>A record that the client will want next, if there is room: nothing is truncated for it. After all answers.</summary>
    /// <param name="owner">Its owner's whole name.</param>
    public void AddFurther(scoped ReadOnlySpan<byte> owner, DnsType type, uint timeToLive, scoped ReadOnlySpan<byte> data)
    {
        if (_writer.Overflowed)
        {
            return;
        }

        int start = _writer.Position;
        _writer.WriteBytes(owner);
        WriteRecord(type, DnsClass.Internet, timeToLive, data);
        if (_writer.Overflowed)
        {
            _writer.Rewind(start);
        }
        else
        {
            _further++;
        }
    }

    /// <summary>Completes the message and returns its length.</summary>
    /// <param name="flags">Authoritative, RecursionAvailable as they apply; the rest comes from the question.</param>
    public int Finish(DnsFlags flags, DnsCode code, DnsExtendedError error = DnsExtendedError.None)
    {
        if (_writer.Overflowed)
        {
            _writer.Rewind(_bodyStart);
            _answers = 0;
            _authorities = 0;
            flags |= DnsFlags.Truncated;
        }

        int length = _writer.Position;
        if (_edns is { } opt)
        {
            WireWriter tail = new(_buffer[length.._limit]);
            (opt with { ExtendedCode = (byte)((int)code >> 4), Error = (ushort)error }).Write(ref tail);
            length += tail.Position;
        }

        flags |= DnsFlags.Response
            | (_asked.Flags & (DnsFlags.OpcodeMask | DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled))
            | (DnsFlags)((int)code & (int)DnsFlags.CodeMask);
        WireWriter head = new(_buffer[..DnsHeader.Length]);
        int additionals = _further + (_edns is null ? 0 : 1);
        new DnsHeader(_asked.Id, flags, HasQuestion ? (ushort)1 : (ushort)0, (ushort)_answers, (ushort)_authorities, (ushort)additionals).Write(ref head);
        return length;
    }

    private void WriteRecord(DnsType type, DnsClass @class, uint timeToLive, scoped ReadOnlySpan<byte> data)
    {
        _writer.WriteUInt16((ushort)type);
        _writer.WriteUInt16((ushort)@class);
        _writer.WriteUInt32(timeToLive);
        _writer.WriteUInt16((ushort)data.Length);
        _writer.WriteBytes(data);
    }
}
