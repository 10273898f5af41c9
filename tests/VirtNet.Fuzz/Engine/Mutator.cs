using System.Buffers.Binary;

namespace VirtNet.Fuzz.Engine;

/// <summary>
/// Changes inputs. The same random numbers make the same changes, so that a run can be repeated by its seed.
/// </summary>
internal sealed class Mutator(Random random, int maxLength, IReadOnlyList<byte[]> words)
{
    private const int MaxChanges = 6;

    private static readonly byte[] Octets = [0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xfe, 0xff];
    private static readonly ushort[] Shorts = [0, 1, 0x00ff, 0x0100, 0x0200, 0x3fff, 0x7fff, 0x8000, 0xc00c, 0xfffe, 0xffff];
    private static readonly uint[] Longs = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

    private readonly List<byte> _bytes = [];

    /// <summary>One input with a few changes; <paramref name="other"/> is what parts may come from.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> input, ReadOnlySpan<byte> other)
    {
        _bytes.Clear();
        _bytes.AddRange(input);
        int changes = 1 + random.Next(MaxChanges);
        for (int i = 0; i < changes; i++)
        {
            Change(other);
        }

        if (_bytes.Count > maxLength)
        {
            _bytes.RemoveRange(maxLength, _bytes.Count - maxLength);
        }

        return [.. _bytes];
    }

    private void Change(ReadOnlySpan<byte> other)
    {
        if (_bytes.Count == 0)
        {
            Insert(0, other.IsEmpty ? [(byte)random.Next(256)] : other);
            return;
        }

        int at = random.Next(_bytes.Count);
        switch (random.Next(14))
        {
            case 0:
            case 1:
                _bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                _bytes[at] = (byte)random.Next(256);
                break;
            case 3:
                _bytes[at] = Octets[random.Next(Octets.Length)];
                break;
            case 4:
                _bytes[at] += (byte)(random.Next(2) == 0 ? 1 : 255);
                break;
            case 5:
                PutNumber(at);
                break;
            case 6:
                _bytes.RemoveRange(at, RunLength(_bytes.Count - at));
                break;
            case 7:
                _bytes.RemoveRange(at, _bytes.Count - at);
                break;
            case 8:
                Insert(at, _bytes.GetRange(at, RunLength(_bytes.Count - at)).ToArray());
                break;
            case 9:
                Insert(at, RandomBytes());
                break;
            case 10:
                Insert(at, PartOf(other));
                break;
            case 11:
                Overwrite(at, PartOf(other));
                break;
            default:
                PutWord(at);
                break;
        }
    }

    /// <summary>Numbers that break arithmetic, and those that are just right or just wrong as a length.</summary>
    private void PutNumber(int at)
    {
        int left = _bytes.Count - at;
        Span<byte> number = stackalloc byte[4];
        switch (random.Next(4))
        {
            case 0:
                Overwrite(at, [(byte)(left + random.Next(-2, 3))]);
                break;
            case 1:
                BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)(left + random.Next(-4, 5)));
                Overwrite(at, number[..2]);
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(number, Shorts[random.Next(Shorts.Length)]);
                Overwrite(at, number[..2]);
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(number, Longs[random.Next(Longs.Length)]);
                Overwrite(at, number);
                break;
        }
    }

    private void PutWord(int at)
    {
        if (words.Count == 0)
        {
            _bytes[at] = (byte)random.Next(256);
        }
        else if (random.Next(2) == 0)
        {
            Insert(at, words[random.Next(words.Count)]);
        }
        else
        {
            Overwrite(at, words[random.Next(words.Count)]);
        }
    }

    private ReadOnlySpan<byte> PartOf(ReadOnlySpan<byte> other)
    {
        int start = other.IsEmpty ? 0 : random.Next(other.Length);
        return other.IsEmpty ? other : other.Slice(start, RunLength(other.Length - start));
    }

    private byte[] RandomBytes()
    {
        byte[] bytes = new byte[1 + random.Next(16)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Mostly short, now and then all there is.</summary>
    private int RunLength(int most) => random.Next(8) == 0 ? most : Math.Min(most, 1 + random.Next(32));

    private void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Count < maxLength)
        {
            _bytes.InsertRange(at, bytes);
        }
    }

    private void Overwrite(int at, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length && at + i < _bytes.Count; i++)
        {
            _bytes[at + i] = bytes[i];
        }
    }
}
