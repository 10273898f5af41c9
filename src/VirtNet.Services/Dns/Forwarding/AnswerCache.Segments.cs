using System.Runtime.InteropServices;

namespace VirtNet.Services.Dns.Forwarding;

/// <content>Memory, and whose it is.</content>
internal sealed partial class AnswerCache
{
    /// <summary>Small, so that many networks find one each; twice the longest entry.</summary>
    private const int SegmentLength = 2 * MaxEntryLength;

    private readonly byte[]?[] _segments;
    private readonly Stack<int> _free = [];
    private readonly Holders<Ring> _rings = new();
    private readonly byte[] _survivors = new byte[SegmentLength / 2];
    private int _taken;

    /// <summary>Gives up all that is kept for a network.</summary>
    public void Forget(NetworkShare network)
    {
        if (network.Answers is { } ring)
        {
            network.Answers = null;
            while (ring.Segments.TryDequeue(out int segment))
            {
                Empty(segment);
                _free.Push(segment);
                _rings.Shrink(ring);
            }
        }
    }

    private int Allocate(NetworkShare network, int length)
    {
        Ring ring = network.Answers ??= new Ring();
        if (ring.Held == 0 || ring.Used + length > SegmentLength)
        {
            GetSegment(ring);
        }

        int at = (ring.Current * SegmentLength) + ring.Used;
        ring.Used += length;
        return at;
    }

    /// <summary>Gives the ring a current segment with room for any entry.</summary>
    private void GetSegment(Ring ring)
    {
        if (_free.TryPop(out int segment))
        {
            Append(ring, segment);
        }
        else if (_taken < _segments.Length)
        {
            _segments[_taken] = new byte[SegmentLength];
            Append(ring, _taken++);
        }
        else
        {
            // For a difference of one, two networks would take segments from each other for ever.
            Ring largest = _rings.Largest!;
            Ring giver = ring.Held == 0 || largest.Held > ring.Held + 1 ? largest : ring;
            int kept = TakeOldest(giver, out segment);
            Append(ring, segment);
            if (giver.Held > 0)
            {
                Restore(giver, kept);
            }
        }
    }

    private void Append(Ring ring, int segment)
    {
        ring.Segments.Enqueue(segment);
        ring.Current = segment;
        ring.Used = 0;
        _rings.Grow(ring);
    }

    private int TakeOldest(Ring ring, out int segment)
    {
        segment = ring.Segments.Dequeue();
        _rings.Shrink(ring);
        return Empty(segment);
    }

    /// <summary>
    /// Empties a segment. What was asked for and is still good is set aside, as far as there is room; returns its length.
    /// </summary>
    private int Empty(int segment)
    {
        int kept = 0;
        uint now = Now();
        int start = segment * SegmentLength;
        for (int offset = 0; offset + HeaderLength <= SegmentLength;)
        {
            ref EntryHeader entry = ref EntryAt(start + offset);
            int length = entry.Length;
            if (length == 0)
            {
                break;
            }

            if (entry.IsLive)
            {
                Unlink(start + offset);
                if (entry.Referenced && now - entry.StoredAt < entry.Lifetime && kept + length <= _survivors.Length)
                {
                    entry.Referenced = false;
                    BytesOf(start + offset).CopyTo(_survivors.AsSpan(kept));
                    kept += length;
                }
            }

            offset += length;
        }

        _segments[segment].AsSpan().Clear();
        return kept;
    }

    /// <summary>Takes what was set aside into the ring's current segment, as far as there is room.</summary>
    private void Restore(Ring ring, int kept)
    {
        Span<byte> segment = _segments[ring.Current];
        for (int offset = 0; offset < kept;)
        {
            int length = MemoryMarshal.AsRef<EntryHeader>(_survivors.AsSpan(offset, HeaderLength)).Length;
            if (ring.Used + length > SegmentLength)
            {
                return;
            }

            _survivors.AsSpan(offset, length).CopyTo(segment[ring.Used..]);
            Link((ring.Current * SegmentLength) + ring.Used);
            ring.Used += length;
            offset += length;
        }
    }

    /// <summary>The segments of one network.</summary>
    internal sealed class Ring : Holder
    {
        /// <summary>The oldest first, the current one last.</summary>
        public Queue<int> Segments { get; } = [];

        public int Current { get; set; }

        /// <summary>Octets of the current segment that are in use.</summary>
        public int Used { get; set; }
    }
}
