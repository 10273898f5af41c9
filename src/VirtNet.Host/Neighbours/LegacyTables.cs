using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// Which of the kernel's older tables exist. Only these are read: asking for another one would make it, and with it send every
/// packet of the host through it. Asked twice a second, so the kernel's lists stay open as
/// long as the process lives. For one thread.
/// </summary>
/// <param name="root">Empty, but for tests.</param>
internal sealed class LegacyTables(TimeProvider time, string root = "")
{
    /// <summary>How long a refusal holds: a capability may be given later.</summary>
    public static readonly TimeSpan RefusalHolds = TimeSpan.FromMinutes(1);

    /// <summary>There are five tables.</summary>
    private const int MaxLength = 256;

    /// <summary>Those in which something can be dropped.</summary>
    private static readonly string[] Filtering = ["filter", "mangle", "raw", "security"];

    private readonly SafeFileHandle?[] _lists = new SafeFileHandle?[2];
    private DateTimeOffset _refusedUntil = DateTimeOffset.MinValue;

    public IReadOnlyList<string> Names(bool ipv6)
    {
        (int index, string family) = ipv6 ? (1, "ip6") : (0, "ip");
        string path = $"{root}/proc/thread-self/net/{family}_tables_names";
        if (time.GetUtcNow() >= _refusedUntil)
        {
            try
            {
                // A kernel without these tables has no list; they may be loaded later.
                return _lists[index] is null && !Path.Exists(path) ? [] : Read(_lists[index] ??= Open(path));
            }
            catch (IOException)
            {
                // Gone with its module. When that is loaded again there is another list.
                _lists[index]?.Dispose();
                _lists[index] = null;
                return [];
            }
            catch (UnauthorizedAccessException)
            {
                _refusedUntil = time.GetUtcNow() + RefusalHolds;
            }
        }

        // Only root may read the names. A table's module is loaded by whoever uses the table first.
        return [.. Filtering.Where(name => Directory.Exists($"{root}/sys/module/{family}table_{name}/holders"))];
    }

    private static SafeFileHandle Open(string path) => File.OpenHandle(path, share: FileShare.ReadWrite);

    private static IReadOnlyList<string> Read(SafeFileHandle list)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        int length = RandomAccess.Read(list, text, fileOffset: 0); // from the beginning, the kernel writes it anew
        string[] names = Encoding.ASCII.GetString(text[..length]).Split('\n');
        return [.. Filtering.Where(names.Contains)];
    }
}
