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

    /// <summary>Whether a name is what is meant; one with * at its end means all that begin so.</summary>
    public static bool IsPattern(string pattern, string? name) => name is not null
        && (pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern);
}
