namespace VirtNet.Cli.Hints;

/// <summary>Finds what somebody probably meant.</summary>
internal static class Spelling
{
    /// <summary>The candidate that differs least, if it differs by no more than a third of its letters.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        string? nearest = null;
        int least = Math.Max(1, word.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(word, candidate);
            if (distance < least)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>Inserted, removed, replaced or swapped neighbouring letters, case aside (Damerau's restricted distance).</summary>
    private static int Distance(string left, string right)
    {
        int[] twoAbove = new int[right.Length + 1];
        int[] above = [.. Enumerable.Range(0, right.Length + 1)];
        for (int row = 1; row <= left.Length; row++)
        {
            int[] current = new int[right.Length + 1];
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                int cost = Same(left[row - 1], right[column - 1]) ? 0 : 1;
                current[column] = Math.Min(
                    Math.Min(current[column - 1], above[column]) + 1, above[column - 1] + cost);
                if (row > 1 && column > 1
                    && Same(left[row - 1], right[column - 2]) && Same(left[row - 2], right[column - 1]))
                {
                    current[column] = Math.Min(current[column], twoAbove[column - 2] + 1);
                }
            }

            (twoAbove, above) = (above, current);
        }

        return above[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
