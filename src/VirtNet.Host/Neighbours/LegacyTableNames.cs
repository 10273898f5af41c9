using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// The same for who asks twice a second, as long as the process lives: the kernel's lists stay open, so that the process does
/// not take and give back a descriptor each time. For one thread.
/// </summary>
internal sealed class LegacyTableNames
{
    /// <summary>There are five tables.</summary>
    private const int MaxLength = 256;

    private readonly SafeFileHandle?[] _lists = new SafeFileHandle?[2];

    public IReadOnlyList<string> Names(bool ipv6)
    {
        try
        {
            SafeFileHandle list = _lists[ipv6 ? 1 : 0] ??= File.OpenHandle(
                $"/proc/thread-self/net/{(ipv6 ? "ip6" : "ip")}_tables_names", share: FileShare.ReadWrite);
            Span<byte> text = stackalloc byte[MaxLength];
            int length = RandomAccess.Read(list, text, fileOffset: 0); // from the beginning, the kernel writes it anew
            return LegacyTables.Known(Encoding.ASCII.GetString(text[..length]).Split('\n'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return LegacyTables.Names(ipv6);
        }
    }
}
