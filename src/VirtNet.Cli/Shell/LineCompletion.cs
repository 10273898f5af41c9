using VirtNet.Cli.Completion;
using VirtNet.Cli.Grammar;

namespace VirtNet.Cli.Shell;

/// <summary>How a line can go on.</summary>
/// <param name="Insertion">What all candidates have in common beyond what is written.</param>
internal sealed record LineCompletion(string Insertion, IReadOnlyList<string> Candidates)
{
    public static async Task<LineCompletion> FindAsync(
        Completer completer, string beforeCursor, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? words = Words(beforeCursor);
        if (words is null)
        {
            return new LineCompletion("", []); // an open double quote: what is meant cannot be told
        }

        string current = words[^1];
        IReadOnlyList<string> candidates = await completer.CompleteAsync(words, cancellationToken);
        string common = candidates.Count == 0 ? current : candidates.Aggregate(Common);
        string insertion = common.Length > current.Length ? Escape(common[current.Length..]) : "";
        bool complete = candidates.Count == 1 && !common.EndsWith('/') && !common.EndsWith('=');
        return new LineCompletion(complete ? insertion + " " : insertion, candidates);
    }

    /// <summary>The words of the last command, the last one being the one that is written.</summary>
    private static List<string>? Words(string text)
    {
        List<string> words = [];
        CommandTokens tokens = CommandTokens.FromText(text);
        try
        {
            for (CommandTokens.Kind kind; (kind = tokens.Read(out string word)) != CommandTokens.Kind.End;)
            {
                if (kind == CommandTokens.Kind.Word)
                {
                    words.Add(word);
                }
                else
                {
                    words.Clear();
                }
            }
        }
        catch (UsageException)
        {
            return null;
        }

        if (words.Count == 0 || text.EndsWith(' '))
        {
            words.Add("");
        }

        return words;
    }

    private static string Common(string left, string right)
    {
        int length = 0;
        while (length < Math.Min(left.Length, right.Length) && left[length] == right[length])
        {
            length++;
        }

        return left[..length];
    }

    private static string Escape(string text) => string.Concat(text.Select(c => " \t;'\"\\#".Contains(c) ? $"\\{c}" : $"{c}"));
}
