using System.Buffers;

namespace VirtNet.Wire.Xdr;

/// <summary>
/// Where the buffers of packets come from. Those of ordinary packets are pooled. A large one is rare: it is left to the
/// garbage collector, so that a burst of them does not stay in the process for good.
/// </summary>
public static class PacketBuffers
{
    /// <summary>Up to this size buffers are pooled.</summary>
    public const int MaxPooled = 64 * 1024;

    /// <summary>A buffer of at least this size with arbitrary content.</summary>
    public static byte[] Rent(int size) => size <= MaxPooled
        ? ArrayPool<byte>.Shared.Rent(size)
        : GC.AllocateUninitializedArray<byte>(size);

    /// <summary>To be called once for each buffer, by whoever used it last.</summary>
    public static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= MaxPooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
