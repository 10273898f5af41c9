using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Verbs;

/// <summary>What stands behind a verb.</summary>
/// <param name="Words">Without options.</param>
internal sealed record VerbArguments(IReadOnlyList<string> Words, IReadOnlySet<string> Flags, IReadOnlyDictionary<string, string> Values)
{
    /// <param name="words">Behind the verb.</param>
    /// <param name="maxWords">How many words without options it takes.</param>
    /// <param name="flags">Options that stand alone.</param>
    /// <param name="values">Options with a value behind them, or behind an equals sign.</param>
    /// <exception cref="UsageException">It takes no such thing.</exception>
    public static VerbArguments Parse(
        string verb, IReadOnlyList<string> words, int maxWords, IReadOnlyList<string> flags, IReadOnlyList<string> values)
    {
        List<string> plain = [];
        HashSet<string> given = [];
        Dictionary<string, string> valued = [];
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals > 0 ? word[..equals] : word;
            if (!word.StartsWith('-'))
            {
                plain.Add(word);
            }
            else if (equals < 0 && flags.Contains(word))
            {
                given.Add(word);
            }
            else if (values.Contains(name))
            {
                string? value = equals > 0 ? word[(equals + 1)..] : i + 1 < words.Count ? words[++i] : null;
                if (string.IsNullOrEmpty(value))
                {
                    throw new UsageException($"option {name} needs a value");
                }

                valued[name] = value;
            }
            else
            {
                throw new UsageException($"{verb} has no option '{word}'");
            }
        }

        return plain.Count <= maxWords
            ? new VerbArguments(plain, given, valued)
            : throw new UsageException($"{verb} does not take '{plain[maxWords]}'");
    }

    public string? Value(string option) => Values.GetValueOrDefault(option);
}
