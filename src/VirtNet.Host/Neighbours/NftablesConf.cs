using System.Text.RegularExpressions;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// The tables of the administrator's own rules: those that the files of nftables.service declare (nft(8), <c>-f</c>). What stands there
/// is the host's default, which whoever starts a network means to pass; the tables of other programs are theirs.
/// </summary>
/// <param name="files">Where they begin; what they include is read with them.</param>
internal sealed partial class NftablesConf(params IReadOnlyList<string> files)
{
    private const int MostFiles = 64;

    private const int MostOctets = 1 << 20;

    /// <summary>Debian's and Red Hat's.</summary>
    public static readonly NftablesConf ThisHost = new("/etc/nftables.conf", "/etc/sysconfig/nftables.conf");

    /// <returns>Each with its family; none where no file can be read.</returns>
    public IReadOnlySet<(string Family, string Name)> ListTables()
    {
        HashSet<(string, string)> tables = [];
        HashSet<string> seen = [];
        Queue<string> waiting = new(files);
        while (waiting.TryDequeue(out string? file) && seen.Count < MostFiles)
        {
            if (!seen.Add(file) || Read(file) is not { } text)
            {
                continue;
            }

            tables.UnionWith(Table().Matches(text)
                .Select(table => (table.Groups["family"] is { Success: true, Value: var family } ? family : "ip", table.Groups["name"].Value)));

            foreach (string included in Include().Matches(text).SelectMany(include => Find(file, include.Groups["file"].Value)))
            {
                waiting.Enqueue(included);
            }
        }

        return tables;
    }

    /// <summary>Without comments.</summary>
    private static string? Read(string file)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: < MostOctets } ? Comment().Replace(File.ReadAllText(file), "") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // then nobody's tables are known to be the administrator's
        }
    }

    private static string[] Find(string by, string included)
    {
        string path = Path.GetFullPath(included, Path.GetDirectoryName(by)!);
        string folder = Path.GetDirectoryName(path) ?? "/";
        if (!path.Contains('*', StringComparison.Ordinal))
        {
            return [path];
        }

        try
        {
            return [.. Directory.EnumerateFiles(folder, Path.GetFileName(path)).Order(StringComparer.Ordinal).Take(MostFiles)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [GeneratedRegex("#[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\btable\s+((?<family>ip|ip6|inet|arp|bridge|netdev)\s+)?(?<name>[A-Za-z_][\w./\\-]*)")]
    private static partial Regex Table();

    [GeneratedRegex("\\binclude\\s+[\"'](?<file>[^\"'\n]+)[\"']")]
    private static partial Regex Include();
}
