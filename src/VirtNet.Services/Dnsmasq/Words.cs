namespace VirtNet.Services.Dnsmasq;

/// <summary>The parts of a value between commas, which may have blanks around them.</summary>
internal static class Words
{
    public static string[] Split(string value) => value.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>The first word, and all that follows it; null where nothing does.</summary>
    public static (string First, string? Tail) Cut(string value)
    {
        int comma = value.IndexOf(',', StringComparison.Ordinal);
        return comma < 0 ? (value, null) : (value[..comma].TrimEnd(' '), value[(comma + 1)..].TrimStart(' '));
    }
}
