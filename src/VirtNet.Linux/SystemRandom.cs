using System.Runtime.InteropServices;

namespace VirtNet.Linux;

/// <summary>
/// Unpredictable octets from the kernel, getrandom(2). The framework's own generator would load all of OpenSSL for them,
/// several megabytes in a process that needs nothing else of it.
/// </summary>
public static partial class SystemRandom
{
    /// <summary>A read of so many octets is never cut short by a signal.</summary>
    private const int MaxRead = 256;

    public static void Fill(Span<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            nint got = GetRandom(ref MemoryMarshal.GetReference(octets), (nuint)Math.Min(octets.Length, MaxRead), flags: 0);
            if (got <= 0)
            {
                throw new InvalidOperationException($"getrandom failed with error {Marshal.GetLastPInvokeError()}");
            }

            octets = octets[(int)got..];
        }
    }

    public static ulong NextUInt64()
    {
        ulong value = 0;
        Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref value)));
        return value;
    }

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint GetRandom(ref byte buffer, nuint length, uint flags);
}
