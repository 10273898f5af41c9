namespace VirtNet.Cli.Bridges;

/// <summary>A bridge's forwarding table as sysfs gives it: entries of 16 bytes (struct __fdb_entry of linux/if_bridge.h).</summary>
internal static class BridgeTable
{
    private const int EntryLength = 16;
    private const int MacLength = 6;
    private const int PortNumber = 6;
    private const int IsLocal = 7;
    private const int PortNumberHigh = 12;

    /// <summary>The addresses heard behind each port, by the port's number; nothing where there is no table to read.</summary>
    public static ILookup<int, string> Read(string path)
    {
        byte[] table;
        try
        {
            table = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            table = [];
        }

        return Parse(table);
    }

    /// <summary>What the host's own devices have is left out.</summary>
    public static ILookup<int, string> Parse(byte[] table) => table.Chunk(EntryLength)
        .Where(entry => entry.Length == EntryLength && entry[IsLocal] == 0)
        .ToLookup(
            entry => entry[PortNumber] | (entry[PortNumberHigh] << 8),
            entry => string.Join(':', entry.Take(MacLength).Select(part => part.ToString("x2"))));
}
