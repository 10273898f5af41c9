using System.Runtime.InteropServices;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// Answers of upstreams, kept for as long as they say, in a fixed amount of memory that all networks share. What a network
/// asked for is for it alone: nobody learns from an answer, or from how fast it comes, what guests elsewhere ask.
/// <para>
/// Memory is cut into segments. A network fills one after the other; when there are no more, the network with most gives
/// its oldest one up, which may be the same network. Of that, what was asked for meanwhile is kept if there is room, so
/// that a flood of names that nobody asks for twice displaces only itself. Keeping bytes instead of objects leaves the
/// garbage collector out of it. One thread only.
/// </para>
/// </summary>
internal sealed partial class AnswerCache
{
    /// <summary>Longest time an answer is kept, whatever it says.</summary>
    public const uint MaxLifetime = 86_400;

    /// <summary>The same for "there is no such thing" (RFC 2308, 5 suggests up to three hours).</summary>
    public const uint MaxNegativeLifetime = 3_600;

    private const int MaxEntryLength = 8 * 1024;
    private const int BucketCount = 1 << 15;
    private const int None = -1;

    private static readonly int HeaderLength = Marshal.SizeOf<EntryHeader>();

    private readonly TimeProvider _clock;
    private readonly long _start;
    private int[] _buckets = [];

    /// <param name="maxBytes">Memory for answers; it is taken as it fills, not in advance.</param>
    public AnswerCache(TimeProvider clock, int maxBytes)
    {
        _clock = clock;
        _start = clock.GetTimestamp();
        _segments = new byte[]?[Math.Max(2, maxBytes / SegmentLength)];
    }

    public int Count { get; private set; }

    /// <summary>
    /// Finds an answer that is still good. <paramref name="answer"/> is borrowed until the next <see cref="Add"/>.
    /// </summary>
    /// <param name="isNearEnd">It will expire soon and is worth asking for again.</param>
    public bool TryGet(in DnsQuestion question, out AnswerView answer, out bool isNearEnd)
    {
        answer = default;
        isNearEnd = false;
        int at = Find(question);
        if (at == None)
        {
            return false;
        }

        ref EntryHeader entry = ref EntryAt(at);
        uint age = Now() - entry.StoredAt;
        if (age >= entry.Lifetime)
        {
            Remove(at);
            return false;
        }

        isNearEnd = entry.Referenced && (entry.Lifetime - age) * 10 < entry.Lifetime;
        entry.Referenced = true;
        ReadOnlySpan<byte> body = BytesOf(at)[(HeaderLength + entry.PaddedNameLength)..];
        int offsets = entry.TimedRecords * sizeof(ushort);
        answer = new AnswerView(
            new DnsHeader(0, entry.Flags, 1, entry.Answers, entry.Authorities, entry.Additionals),
            body.Slice(offsets, entry.RecordsLength),
            body[..offsets],
            age,
            entry.Error)
        {
            MostTold = question.Network.AnswerRules.Times.MostTold,
            IsKept = true,
        };
        return true;
    }

    /// <summary>Keeps an answer for so many seconds, in place of an older one.</summary>
    public void Add(in DnsQuestion question, in AnswerView answer, uint lifetime)
    {
        int padded = (question.Name.Length + 1) & ~1;
        int length = (HeaderLength + padded + answer.TimeToLiveOffsets.Length + answer.Records.Length + 3) & ~3;
        if (lifetime == 0 || length > MaxEntryLength)
        {
            return;
        }

        if (_buckets.Length == 0)
        {
            _buckets = new int[BucketCount];
            _buckets.AsSpan().Fill(None);
        }

        if (Find(question) is not None and int known)
        {
            Remove(known);
        }

        int at = Allocate(question.Network, length);
        EntryAt(at) = new EntryHeader
        {
            Hash = question.Hash,
            Network = question.Network.Id,
            Group = question.Group.Id,
            Type = question.Type,
            Variant = question.CacheVariant,
            NameLength = (byte)question.Name.Length,
            Length = (ushort)length,
            RecordsLength = (ushort)answer.Records.Length,
            TimedRecords = (ushort)(answer.TimeToLiveOffsets.Length / sizeof(ushort)),
            Flags = answer.Header.Flags & (DnsFlags.CodeMask | DnsFlags.AuthenticData),
            Answers = answer.Header.Answers,
            Authorities = answer.Header.Authorities,
            Additionals = answer.Header.Additionals,
            Error = answer.Error,
            StoredAt = Now(),
            Lifetime = Math.Min(lifetime, MaxLifetime),
            IsLive = true,
        };
        Span<byte> bytes = BytesOf(at);
        question.Name.CopyTo(bytes[HeaderLength..]);
        Span<byte> body = bytes[(HeaderLength + padded)..];
        answer.TimeToLiveOffsets.CopyTo(body);
        answer.Records.CopyTo(body[answer.TimeToLiveOffsets.Length..]);
        Link(at);
    }

    private int Find(in DnsQuestion question)
    {
        if (question.Network.Answers is null)
        {
            return None;
        }

        for (int at = _buckets[question.Hash % BucketCount]; at != None; at = EntryAt(at).Next)
        {
            ref EntryHeader entry = ref EntryAt(at);
            if (entry.Hash == question.Hash
                && entry.Network == question.Network.Id
                && entry.Group == question.Group.Id
                && entry.Type == question.Type
                && entry.Variant == question.CacheVariant
                && BytesOf(at).Slice(HeaderLength, entry.NameLength).SequenceEqual(question.Name))
            {
                return at;
            }
        }

        return None;
    }

    private void Link(int at)
    {
        ref EntryHeader entry = ref EntryAt(at);
        ref int bucket = ref _buckets[entry.Hash % BucketCount];
        entry.Next = bucket;
        bucket = at;
        Count++;
    }

    private void Unlink(int at)
    {
        ref EntryHeader entry = ref EntryAt(at);
        ref int link = ref _buckets[entry.Hash % BucketCount];
        while (link != at)
        {
            link = ref EntryAt(link).Next;
        }

        link = entry.Next;
        Count--;
    }

    private void Remove(int at)
    {
        Unlink(at);
        EntryAt(at).IsLive = false;
    }

    private uint Now() => (uint)_clock.GetElapsedTime(_start).TotalSeconds;

    private ref EntryHeader EntryAt(int at) =>
        ref MemoryMarshal.AsRef<EntryHeader>(_segments[at / SegmentLength].AsSpan(at % SegmentLength, HeaderLength));

    private Span<byte> BytesOf(int at) =>
        _segments[at / SegmentLength].AsSpan(at % SegmentLength, EntryAt(at).Length);

    /// <summary>Before each answer: then come name, TTL offsets, records; all on even addresses.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct EntryHeader
    {
        public int Next;
        public uint Hash;
        public uint StoredAt;
        public uint Lifetime;
        public uint Network;
        public uint Group;
        public ushort Length;
        public ushort RecordsLength;
        public ushort TimedRecords;
        public DnsType Type;
        public DnsFlags Flags;
        public ushort Answers;
        public ushort Authorities;
        public ushort Additionals;
        public ushort Error;
        public byte NameLength;
        public byte Variant;
        private byte _referenced;
        private byte _isLive;

        public bool Referenced
        {
            readonly get => _referenced != 0;
            set => _referenced = value ? (byte)1 : (byte)0;
        }

        public bool IsLive
        {
            readonly get => _isLive != 0;
            set => _isLive = value ? (byte)1 : (byte)0;
        }

        public readonly int PaddedNameLength => (NameLength + 1) & ~1;
    }
}
