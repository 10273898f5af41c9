using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq.Tags;

/// <summary>Tags that must be there, and others (with ! or # in front) that must not.</summary>
internal sealed record TagCondition(ValueList<string> Terms)
{
    public static TagCondition None { get; } = new([]);

    public bool IsEmpty => Terms.Count == 0;

    /// <summary>Whether it holds; one without terms always does.</summary>
    public bool Holds(TagSet tags)
    {
        foreach (string term in Terms.AsSpan())
        {
            bool unwanted = term[0] is '!' or '#';
            if (unwanted ? tags.Contains(term.AsSpan(1)) : !tags.Contains(term))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first line for a client with these tags: one that is for certain clients comes before one for all.</summary>
    public static T? Best<T>(ReadOnlySpan<T> lines, Func<T, TagCondition> conditionOf, TagSet tags)
        where T : class
    {
        T? forAll = null;
        foreach (T line in lines)
        {
            TagCondition condition = conditionOf(line);
            if (condition.IsEmpty)
            {
                forAll ??= line;
            }
            else if (condition.Holds(tags))
            {
                return line;
            }
        }

        return forAll;
    }

    /// <summary>Takes the leading <c>tag:</c> words (once called <c>net:</c>) off a value.</summary>
    public static TagCondition Take(ref string? value)
    {
        List<string> terms = [];
        while (value is not null && TermOf(Words.Cut(value).First) is { } term)
        {
            terms.Add(term);
            value = Words.Cut(value).Tail;
        }

        return Of(terms);
    }

    public static TagCondition Of(IEnumerable<string> terms) => new(terms.Where(term => term.Length > 0).ToValueList());

    /// <summary>The term that a word says; null if it is something else.</summary>
    public static string? TermOf(string word) =>
        word.StartsWith("tag:", StringComparison.Ordinal) || word.StartsWith("net:", StringComparison.Ordinal) ? word[4..] : null;

    /// <summary>The tag that a word sets, with or without <c>set:</c>.</summary>
    public static string SetBy(string word) => word.StartsWith("set:", StringComparison.Ordinal) ? word[4..] : word;
}
