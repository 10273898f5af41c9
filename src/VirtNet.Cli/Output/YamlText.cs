using System.Text;
using System.Text.Json;

namespace VirtNet.Cli.Output;

/// <summary>A JSON document in YAML's block style. Whatever YAML could take for something else than text is quoted.</summary>
internal static class YamlText
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "true", "false", "null", "yes", "no", "on", "off", "y", "n",
    };

    /// <returns>The document behind its mark, so that several in a row stay apart.</returns>
    public static string Format(JsonElement document)
    {
        StringBuilder text = new("---\n");
        AppendMembers(text, document, indent: 0, firstIsPlaced: false);
        return text.ToString();
    }

    private static void AppendMembers(StringBuilder text, JsonElement element, int indent, bool firstIsPlaced)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            text.Append(' ', firstIsPlaced ? 0 : indent).Append(Scalar(property.Name)).Append(':');
            firstIsPlaced = false;
            AppendValue(text, property.Value, indent);
        }
    }

    private static void AppendValue(StringBuilder text, JsonElement value, int indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                text.Append('\n');
                AppendMembers(text, value, indent + 2, firstIsPlaced: false);
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                text.Append('\n');
                AppendItems(text, value, indent);
                break;
            case JsonValueKind.Object:
                text.Append(" {}\n");
                break;
            case JsonValueKind.Array:
                text.Append(" []\n");
                break;
            case JsonValueKind.String when IsBlock(value.GetString()!):
                AppendBlock(text, value.GetString()!, indent + 2);
                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static void AppendItems(StringBuilder text, JsonElement array, int indent)
    {
        foreach (JsonElement item in array.EnumerateArray())
        {
            text.Append(' ', indent).Append('-');
            if (item.ValueKind == JsonValueKind.Object && item.EnumerateObject().Any())
            {
                text.Append(' ');
                AppendMembers(text, item, indent + 2, firstIsPlaced: true);
            }
            else if (item.ValueKind == JsonValueKind.String)
            {
                text.Append(' ').Append(Scalar(item)).Append('\n');
            }
            else
            {
                AppendValue(text, item, indent + 2);
            }
        }
    }

    /// <summary>Lines as they are: XML, mostly. Anything that the block would not keep exactly is quoted instead.</summary>
    private static bool IsBlock(string value) =>
        value.IndexOf('\n') is var end && end >= 0
        && !value.EndsWith("\n\n", StringComparison.Ordinal) && value != "\n"
        && value.All(c => c is '\n' or '\t' || (!char.IsControl(c) && c is not ('\u2028' or '\u2029' or '\ufeff')));

    private static void AppendBlock(StringBuilder text, string value, int indent)
    {
        bool ends = value.EndsWith('\n');
        text.Append(ends ? " |2\n" : " |2-\n");
        foreach (string line in (ends ? value[..^1] : value).Split('\n'))
        {
            text.Append(' ', line.Length > 0 ? indent : 0).Append(line).Append('\n');
        }
    }

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Scalar(value.GetString()!),
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    /// <summary>A text that begins with a letter and has no sign in it that means anything stands as it is.</summary>
    private static string Scalar(string value) =>
        value.Length > 0 && char.IsAsciiLetter(value[0]) && !Reserved.Contains(value)
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
            ? value
            : $"\"{JsonEncodedText.Encode(value, CliJson.Encoder)}\"";
}
