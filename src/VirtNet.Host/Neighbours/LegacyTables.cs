namespace VirtNet.Host.Neighbours;

/// <summary>
/// Which of the kernel's older tables exist. Only these are read: asking for another one would make it, and with it send every
/// packet of the host through it.
/// </summary>
internal static class LegacyTables
{
    /// <summary>Those in which something can be dropped.</summary>
    private static readonly string[] Filtering = ["filter", "mangle", "raw", "security"];

    /// <param name="root">Empty, but for tests.</param>
    public static IReadOnlyList<string> Names(bool ipv6, string root = "")
    {
        try
        {
            string[] names = File.ReadAllLines($"{root}/proc/thread-self/net/{(ipv6 ? "ip6" : "ip")}_tables_names");
            return Known(names);
        }
        catch (UnauthorizedAccessException)
        {
            // Only root may read the names. A table's module is loaded by whoever uses the table first.
            return [.. Filtering.Where(name => Directory.Exists($"{root}/sys/module/{(ipv6 ? "ip6" : "ip")}table_{name}/holders"))];
        }
        catch (IOException)
        {
            return []; // a kernel without them
        }
    }

    public static IReadOnlyList<string> Known(string[] names) => [.. Filtering.Where(names.Contains)];
}
