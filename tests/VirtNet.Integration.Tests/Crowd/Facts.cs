using System.Text;

namespace VirtNet.Integration.Tests.Crowd;

/// <summary>All that is known of a host at one moment, one line a fact; the same line may be there several times.</summary>
internal sealed class Facts
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public Facts(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Add(line, 1);
        }
    }

    private Facts(Facts model) => _counts = new(model._counts, StringComparer.Ordinal);

    /// <summary>Whether each lease that the daemon tells of is in a file, too.</summary>
    public bool FilesHaveLeases => _counts.Keys
        .Where(fact => fact.StartsWith("lease: ", StringComparison.Ordinal))
        .Select(fact => fact.Split(' ')[2])
        .All(mac => _counts.Keys.Any(fact => fact.StartsWith("file: ", StringComparison.Ordinal) && fact.Contains(mac, StringComparison.Ordinal)));

    public bool Same(Facts other) =>
        _counts.Count == other._counts.Count && _counts.All(fact => other._counts.GetValueOrDefault(fact.Key) == fact.Value);

    /// <summary>These facts after all that changed from one moment to another on another host.</summary>
    public Facts After(Facts from, Facts to)
    {
        Facts changed = new(this);
        foreach ((string line, int count) in to._counts)
        {
            changed.Add(line, count);
        }

        foreach ((string line, int count) in from._counts)
        {
            changed.Add(line, -count);
        }

        return changed;
    }

    /// <summary>For people: what is only here (+) and what is only there (-).</summary>
    public string Against(Facts other)
    {
        StringBuilder text = new();
        foreach (string line in _counts.Keys.Union(other._counts.Keys).Order(StringComparer.Ordinal))
        {
            int more = _counts.GetValueOrDefault(line) - other._counts.GetValueOrDefault(line);
            if (more != 0)
            {
                text.Append(more > 0 ? "  + " : "  - ").AppendLine(line);
            }
        }

        return text.ToString();
    }

    private void Add(string line, int count)
    {
        int sum = _counts.GetValueOrDefault(line) + count;
        if (sum == 0)
        {
            _counts.Remove(line);
        }
        else
        {
            _counts[line] = sum;
        }
    }
}
