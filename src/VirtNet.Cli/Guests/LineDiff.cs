using System.Text;

namespace VirtNet.Cli.Guests;

/// <summary>The difference between two short texts, line by line, with all that they share as context.</summary>
internal static class LineDiff
{
    public static string Format(string before, string after)
    {
        string[] old = Lines(before);
        string[] changed = Lines(after);
        int[,] shared = CountShared(old, changed);
        StringBuilder text = new();
        int i = 0;
        int j = 0;
        while (i < old.Length || j < changed.Length)
        {
            if (i < old.Length && j < changed.Length && old[i] == changed[j])
            {
                text.Append(' ').Append(old[i++]).Append('\n');
                j++;
            }
            else if (j == changed.Length || (i < old.Length && shared[i + 1, j] >= shared[i, j + 1]))
            {
                text.Append('-').Append(old[i++]).Append('\n');
            }
            else
            {
                text.Append('+').Append(changed[j++]).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>How many lines the rests of both texts from each pair of positions on have in common, in order.</summary>
    private static int[,] CountShared(string[] old, string[] changed)
    {
        int[,] shared = new int[old.Length + 1, changed.Length + 1];
        for (int i = old.Length - 1; i >= 0; i--)
        {
            for (int j = changed.Length - 1; j >= 0; j--)
            {
                shared[i, j] = old[i] == changed[j] ? shared[i + 1, j + 1] + 1 : Math.Max(shared[i + 1, j], shared[i, j + 1]);
            }
        }

        return shared;
    }

    private static string[] Lines(string text) => text.Replace("\r\n", "\n").Split('\n');
}
