using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VirtNet.Model;

namespace VirtNet.Cli.Output;

/// <summary>
/// Prints documents in the form that was asked for. What they hold is the same in all of them; CSV and tables have neither the
/// frame of a document nor room for its hints.
/// </summary>
internal sealed class DocumentWriter(Terminal terminal)
{
    private string? _header;

    public void WriteResult<T>(
        OutputFormat format, string command, T result, JsonTypeInfo<T> type, IReadOnlyList<string> hints)
    {
        switch (format)
        {
            case OutputFormat.Csv:
                WriteCsv(DocumentTable.Of(result, type));
                break;
            case OutputFormat.Table:
                WriteTable(DocumentTable.Of(result, type).ToTable(), withHeader: !terminal.Quiet);
                break;
            default:
                WriteFramed(format, JsonEnvelope.Result(command, result, type, hints));
                break;
        }
    }

    public void WriteError(
        OutputFormat format, string command, string message, VirtNetException? cause, IReadOnlyList<string> hints)
    {
        if (format == OutputFormat.OpenMetrics)
        {
            return; // what reads metrics has no use for it, and standard error has it
        }

        JsonError error = JsonError.Of(message, cause, hints);
        if (format is OutputFormat.Csv or OutputFormat.Table)
        {
            WriteResult(format, command, error.ToRow(), CliJson.Default.JsonErrorRow, []); // the first column's name tells it apart
        }
        else
        {
            WriteFramed(format, JsonEnvelope.Error(command, error));
        }
    }

    /// <summary>On a terminal what does not fit is left out, and that is said.</summary>
    public void WriteTable(TextTable table, bool withHeader)
    {
        FormattedTable formatted = table.Format(withHeader, terminal.Look);
        terminal.PrintStyled(formatted.Text);
        if (formatted.LeftOut.Count > 0 && terminal.ErrorIsInteractive)
        {
            terminal.Hint($"no room for {string.Join(", ", formatted.LeftOut)}");
        }
    }

    private void WriteFramed(OutputFormat format, string json)
    {
        if (format == OutputFormat.Yaml)
        {
            using JsonDocument document = JsonDocument.Parse(json);
            terminal.Print(YamlText.Format(document.RootElement));
        }
        else
        {
            terminal.PrintLine(json);
        }
    }

    /// <summary>Documents of one kind go on below one heading; another kind begins behind an empty line.</summary>
    private void WriteCsv(DocumentTable table)
    {
        string header = string.Join(',', table.Header);
        bool isNew = header != _header;
        if (isNew && _header is not null)
        {
            terminal.Print("\n");
        }

        _header = header;
        terminal.Print(table.ToCsv(withHeader: isNew && !terminal.Quiet));
    }
}
