using System.Text;

namespace VirtNet.Cli.Guests;

/// <summary>The difference between two texts that differ in one place: what they share around it is context.</summary>
internal static class LineDiff
{
    public static string Format(string before, string after)
    {
        string[] old = Lines(before);
        string[] changed = Lines(after);
        int start = 0;
        while (start < Math.Min(old.Length, changed.Length) && old[start] == changed[start])
        {
            start++;
        }

        int end = 0;
        while (end < Math.Min(old.Length, changed.Length) - start && old[^(end + 1)] == changed[^(end + 1)])
        {
            end++;
        }

        StringBuilder text = new();
        Append(text, ' ', old[..start]);
        Append(text, '-', old[start..^end]);
        Append(text, '+', changed[start..^end]);
        Append(text, ' ', old[^end..]);
        return text.ToString();
    }

    private static string[] Lines(string text) => text.Replace("\r\n", "\n").Split('\n');

    private static void Append(StringBuilder text, char sign, string[] lines)
    {
        foreach (string line in lines)
        {
            text.Append(sign).Append(line).Append('\n');
        }
    }
}
