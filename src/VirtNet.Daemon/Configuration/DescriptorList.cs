using System.Globalization;

namespace VirtNet.Daemon.Configuration;

/// <summary>Numbers of descriptors as text: <c>5,7-19</c>.</summary>
internal static class DescriptorList
{
    /// <summary>Those below are the standard streams.</summary>
    private const int Lowest = 3;

    /// <summary>The highest that Linux lets anybody raise the limit to, without a setting for it (fs.nr_open).</summary>
    private const int Highest = 1 << 20;

    public static string Format(IEnumerable<int> descriptors)
    {
        List<string> parts = [];
        int[] sorted = [.. descriptors.Order()];
        for (int i = 0; i < sorted.Length;)
        {
            int first = i;
            while (++i < sorted.Length && sorted[i] == sorted[i - 1] + 1)
            {
            }

            string last = first == i - 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{sorted[i - 1]}");
            parts.Add(sorted[first].ToString(CultureInfo.InvariantCulture) + last);
        }

        return string.Join(',', parts);
    }

    /// <summary>Null for what is no such list: each number once, ascending.</summary>
    public static IReadOnlyList<int>? Parse(string text)
    {
        List<int> numbers = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || first < Lowest || last > Highest || first > last
                || (numbers.Count > 0 && first <= numbers[^1]))
            {
                return null;
            }

            numbers.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }
}
