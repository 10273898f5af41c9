namespace VirtNet.Linux.Files;

/// <summary>
/// A setting of a file in the syntax of libvirt's daemons: <c>name = value</c> lines, strings in double quotes, numbers bare,
/// <c>#</c> begins a comment.
/// </summary>
/// <param name="Number">Of its line, from 1.</param>
/// <param name="Name">Empty where the line has none, or a value that does not end: then it means nothing.</param>
/// <param name="Value">Without its quotes.</param>
internal sealed record SettingLine(int Number, string Name, string Value)
{
    /// <summary>The settings among some lines, in their order.</summary>
    public static IEnumerable<SettingLine> Read(IEnumerable<string> lines)
    {
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (Strip(line) is { Length: > 0 } text)
            {
                int equals = text.IndexOf('=', StringComparison.Ordinal);
                yield return equals > 0 && Unquote(text[(equals + 1)..].Trim()) is { } value
                    ? new SettingLine(number, text[..equals].Trim(), value)
                    : new SettingLine(number, "", text);
            }
        }
    }

    /// <returns>Null where quotes stand otherwise than at both ends.</returns>
    private static string? Unquote(string value) => value.Count(character => character == '"') switch
    {
        0 => value,
        2 when value[0] == '"' && value[^1] == '"' => value[1..^1],
        _ => null,
    };

    private static string Strip(string line)
    {
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            quoted ^= line[i] == '"';
            if (line[i] == '#' && !quoted)
            {
                return line[..i].Trim();
            }
        }

        return line.Trim();
    }
}
