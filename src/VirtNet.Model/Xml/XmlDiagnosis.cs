using System.Text;
using System.Xml;

namespace VirtNet.Model.Xml;

/// <summary>
/// Says what is wrong with a text that is not XML, in the shape and, for the usual mistakes, the words that libvirt's
/// clients know: <c>at line N: TEXT</c>, the line, and a caret under the place.
/// </summary>
internal static class XmlDiagnosis
{
    /// <summary>How much of a long line is shown before and after the place.</summary>
    private const int ContextLength = 120;

    /// <summary>The error for a text that the XML reader refused.</summary>
    public static VirtNetException Explain(string xml, XmlException failure)
    {
        MarkupScanner scanner = new(xml);
        return scanner.FindFault() is { } fault
            ? Refused(xml, fault.Offset, fault.Text)
            : Refused(xml, Offset(xml, failure.LineNumber, failure.LinePosition), failure.Message);
    }

    public static VirtNetException Refused(string xml, int offset, string text)
    {
        offset = Math.Clamp(offset, 0, xml.Length);
        int line = LineOf(xml, offset);
        (int start, int end, int place) = LineAround(xml, offset);
        StringBuilder message = new($"at line {line}: {text}\n");
        if (end > start)
        {
            start = Math.Max(start, place - ContextLength);
            end = Math.Min(end, place + ContextLength);
            message.Append(xml, start, end - start).Append('\n').Append('-', place - start).Append('^');
        }

        return new VirtNetException(VirErrorCode.XmlDetail, message.ToString())
        {
            Position = new XmlPosition(line, offset - LineStart(xml, offset) + 1),
        };
    }

    /// <summary>From a reader's line and column to an index into the text. To it a carriage return alone ends a line too.</summary>
    public static int Offset(string xml, int line, int column)
    {
        int start = 0;
        for (int skipped = 1; skipped < line; skipped++)
        {
            int length = xml.AsSpan(start).IndexOfAny('\n', '\r');
            if (length < 0)
            {
                break;
            }

            start += xml.AsSpan(start + length).StartsWith("\r\n") ? length + 2 : length + 1;
        }

        return Math.Min(xml.Length, start + Math.Max(0, column - 1));
    }

    public static int LineOf(string xml, int offset) => xml.AsSpan(0, offset).Count('\n') + 1;

    public static int ColumnOf(string xml, int offset) => offset - LineStart(xml, offset) + 1;

    private static int LineStart(string xml, int offset) => xml.AsSpan(0, offset).LastIndexOf('\n') + 1;

    /// <summary>The line to show: that of the place, or the last one before it that is not empty.</summary>
    private static (int Start, int End, int Place) LineAround(string xml, int offset)
    {
        int place = offset;
        while (place > 0 && (place == xml.Length || IsNewline(xml[place])) && IsNewline(xml[place - 1]))
        {
            place--;
        }

        int start = xml.AsSpan(0, place).LastIndexOfAny('\n', '\r') + 1;
        int length = xml.AsSpan(start).IndexOfAny('\n', '\r');
        return (start, length < 0 ? xml.Length : start + length, place);
    }

    private static bool IsNewline(char c) => c is '\n' or '\r';
}
