namespace VirtNet.Host.Iptables;

/// <summary>The words of one rule, as <c>iptables-save</c> writes them.</summary>
internal static class IptablesTokens
{
    private static readonly string[] Dropping = ["DROP", "REJECT", "TARPIT"];

    private static readonly string[] GoingOn =
    [
        "LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "CHECKSUM", "TCPMSS", "CT", "NOTRACK", "CLASSIFY", "DSCP", "TOS", "TTL", "HL",
        "SET", "TRACE", "AUDIT", "CONNSECMARK", "SECMARK", "TEE", "RATEEST", "LED", "IDLETIMER",
    ];

    /// <summary>Whether a packet ends at this target.</summary>
    public static bool Drops(string target) => Dropping.Contains(target);

    /// <summary>Whether a packet comes to the next rule after this target.</summary>
    public static bool GoesOn(string target) => target.Length == 0 || GoingOn.Contains(target);

    /// <summary>Whether a rule is about every packet: it asks for nothing, though it may say something to people.</summary>
    public static bool IsUnconditional(string words)
    {
        string[] tokens = [.. Split(words)];
        int at = 0;
        while (tokens.AsSpan(at) is ["-m", "comment", "--comment", _, ..])
        {
            at += 4;
        }

        return at < tokens.Length && tokens[at] is "-j" or "-g";
    }

    /// <summary>Whether packets do not come back from where a rule sends them.</summary>
    public static bool GoesForGood(string words) => Split(words).Contains("-g");

    /// <summary>Where a rule sends packets; empty for one that only counts.</summary>
    public static string TargetOf(string words)
    {
        string before = "";
        foreach (string word in Split(words))
        {
            if (before is "-j" or "-g")
            {
                return word;
            }

            before = before == "--comment" ? "" : word; // which may say anything
        }

        return "";
    }

    /// <summary>Words at spaces, but for those in double quotes.</summary>
    public static IEnumerable<string> Split(string words)
    {
        int start = 0;
        while (start < words.Length)
        {
            if (words[start] == ' ')
            {
                start++;
                continue;
            }

            bool quoted = words[start] == '"';
            int end = quoted ? EndOfQuoted(words, start + 1) : words.IndexOf(' ', start);
            end = end < 0 ? words.Length : end;
            yield return quoted
                ? words[(start + 1)..end].Replace("\\\"", "\"", StringComparison.Ordinal)
                : words[start..end];
            start = end + 1;
        }
    }

    private static int EndOfQuoted(string words, int from)
    {
        for (int i = from; i < words.Length; i++)
        {
            if (words[i] == '"' && words[i - 1] != '\\')
            {
                return i;
            }
        }

        return words.Length;
    }
}
