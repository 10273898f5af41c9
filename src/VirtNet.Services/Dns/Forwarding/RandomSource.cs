using System.Buffers.Binary;
using VirtNet.Linux;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>Unpredictable numbers, fetched from the system a page at a time. One thread only.</summary>
internal sealed class RandomSource
{
    private readonly byte[] _page = new byte[4096];
    private int _used = 4096;

    public ushort NextUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Next(2));

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Next(int count)
    {
        if (_used + count > _page.Length)
        {
            SystemRandom.Fill(_page);
            _used = 0;
        }

        _used += count;
        return _page.AsSpan(_used - count, count);
    }
}
