using System.Text;

namespace VirtNet.Cli.Guests;

/// <summary>One place of a text that is to read otherwise.</summary>
internal sealed record TextEdit(int Start, int Length, string Replacement)
{
    public static TextEdit Insert(int position, string text) => new(position, 0, text);

    public static TextEdit Remove(int start, int end) => new(start, end - start, "");

    /// <summary>All places at once; they must not overlap. Edits at one position apply in the order given.</summary>
    public static string Apply(string text, IEnumerable<TextEdit> edits)
    {
        StringBuilder result = new(text.Length + 64);
        int position = 0;
        foreach (TextEdit edit in edits.OrderBy(edit => edit.Start))
        {
            result.Append(text, position, edit.Start - position).Append(edit.Replacement);
            position = edit.Start + edit.Length;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }
}
