namespace VirtNet.Wire.Xdr;

/// <summary>Everything in XDR takes a multiple of four bytes (RFC 4506, 3).</summary>
internal static class XdrPadding
{
    /// <summary>How many zero bytes follow <paramref name="length"/> bytes of data.</summary>
    public static int After(int length) => -length & 3;
}
