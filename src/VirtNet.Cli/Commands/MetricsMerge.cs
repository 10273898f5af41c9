using System.Text;

namespace VirtNet.Cli.Commands;

/// <summary>Texts of metrics as one: what they say of one metric stands together (OpenMetrics 1.0, 4.5).</summary>
internal sealed class MetricsMerge
{
    private const string Help = "# HELP ";
    private const string End = "# EOF";

    private readonly Dictionary<string, StringBuilder> _families = [];
    private readonly List<StringBuilder> _inOrder = [];

    public void Add(string text)
    {
        StringBuilder? family = null;
        bool isNew = false;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(Help, StringComparison.Ordinal))
            {
                string name = line[Help.Length..].Split(' ')[0];
                isNew = !_families.TryGetValue(name, out family);
                if (isNew)
                {
                    _families.Add(name, family = new StringBuilder());
                    _inOrder.Add(family);
                }
            }

            if (line != End && (isNew || !line.StartsWith('#')))
            {
                family?.Append(line).Append('\n');
            }
        }
    }

    public override string ToString() => string.Concat(_inOrder) + End + "\n";
}
