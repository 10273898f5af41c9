using Microsoft.Win32.SafeHandles;

namespace VirtNet.Services.Tftp;

/// <summary>
/// The blocks of a file in netascii mode, where a line ends with CR LF (RFC 764). As in dnsmasq each LF becomes that, and a
/// CR stays what it is.
/// </summary>
/// <remarks>
/// Where a block begins depends on the lines before it: a block can be read if the one before it or itself was among the last ones
/// read.
/// </remarks>
/// <param name="window">How many blocks are read again at most.</param>
internal sealed class NetasciiBlocks(SafeFileHandle file, int window)
{
    private readonly Place[] _begins = new Place[window + 1]; // of block n at n - 1, around in a ring

    /// <returns>The length of the block, less than there is room for only at the end of the file.</returns>
    public int Read(long block, Span<byte> buffer)
    {
        Place begin = _begins[(block - 1) % _begins.Length];
        Span<byte> raw = stackalloc byte[buffer.Length];
        raw = raw[..RandomAccess.Read(file, raw, begin.Offset)];
        int taken = 0;
        int written = 0;
        bool hasReturn = begin.HasReturn;
        while (taken < raw.Length && written < buffer.Length)
        {
            bool isReturnDue = raw[taken] == '\n' && !hasReturn;
            buffer[written++] = isReturnDue ? (byte)'\r' : raw[taken++];
            hasReturn = isReturnDue;
        }

        _begins[block % _begins.Length] = new Place(begin.Offset + taken, hasReturn);
        return written;
    }

    /// <param name="HasReturn">The CR of the LF here was the last octet of the block before.</param>
    private readonly record struct Place(long Offset, bool HasReturn);
}
