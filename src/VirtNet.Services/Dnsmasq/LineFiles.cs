namespace VirtNet.Services.Dnsmasq;

/// <summary>Files that lines name.</summary>
internal static class LineFiles
{
    /// <summary>The file itself, or those of a folder in their order, but for what editors leave behind and hidden ones.</summary>
    public static IEnumerable<string> In(string path)
    {
        try
        {
            return !Directory.Exists(path) ? [path]
                : [.. Directory.GetFiles(path).Where(file => IsMeant(Path.GetFileName(file))).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The lines of all these files that say anything, with what is quoted hidden; what cannot be read has none.</summary>
    public static IEnumerable<string> LinesOf(string path)
    {
        try
        {
            return [.. In(path).SelectMany(File.ReadAllLines).SelectMany(line => ConfLine.Read("=" + line)).Select(line => line.Value).OfType<string>()
                .Where(value => value.Length > 0 && value[0] != '#')];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsMeant(string name) => !name.StartsWith('.') && !name.EndsWith('~') && !(name.StartsWith('#') && name.EndsWith('#'));
}
