namespace VirtNet.Model.Xml;

/// <summary>The known name that a misspelt one most likely stands for.</summary>
public static class NearestName
{
    private const int MaxLength = 32;

    /// <returns>Null if nothing is near enough: at most one edit for each three letters.</returns>
    public static string? Find(string name, ReadOnlySpan<string> known)
    {
        string? best = null;
        int bestDistance = name.Length > MaxLength ? 0 : 1 + (name.Length / 3);
        foreach (string candidate in known)
        {
            int distance = Distance(name, candidate, bestDistance);
            if (distance < bestDistance)
            {
                best = candidate;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary>
    /// Letters to change, add, drop or swap with a neighbour; case does not count. Gives up at the limit.
    /// </summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit)
        {
            return limit;
        }

        Span<int> older = stackalloc int[b.Length + 1];
        Span<int> previous = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    current[j] = Math.Min(current[j], older[j - 2] + 1);
                }
            }

            Span<int> spare = older;
            older = previous;
            previous = current;
            current = spare;
        }

        return previous[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
