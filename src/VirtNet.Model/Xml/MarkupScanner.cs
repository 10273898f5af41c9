namespace VirtNet.Model.Xml;

/// <summary>
/// Looks for the first fault in a text that is not well-formed. It runs only after the XML reader has refused the text:
/// it decides nothing, it finds words for a person.
/// </summary>
internal sealed class MarkupScanner(string xml)
{
    /// <summary>Stands for bytes that are no UTF-8 where a document is read.</summary>
    private const char NotUtf8 = '\uFFFF';

    /// <summary>How much of a comment is quoted.</summary>
    private const int MaxComment = 50;

    private readonly Stack<(string Name, int Offset)> _open = new();
    private int _position;
    private Fault? _fault;

    /// <summary>A fault and where it stands.</summary>
    public sealed record Fault(int Offset, string Text);

    private bool AtEnd => _position >= xml.Length;

    private char Current => AtEnd ? '\0' : xml[_position];

    /// <returns>Null if the text looks well-formed from here.</returns>
    public Fault? FindFault()
    {
        if (string.IsNullOrWhiteSpace(xml))
        {
            return new Fault(0, "Document is empty");
        }

        bool rootClosed = false;
        while (_fault is null && !AtEnd)
        {
            if (_open.Count == 0 && char.IsWhiteSpace(Current))
            {
                _position++;
            }
            else if (LookingAt("<!--"))
            {
                ScanComment();
            }
            else if (LookingAt("<?xml") && _position > 0 && xml.AsSpan(_position + 5) is ['?' or ' ' or '\t' or '\n' or '\r', ..])
            {
                _position += 5;
                Fail("XML declaration allowed only at the start of the document");
            }
            else if (LookingAt("<?"))
            {
                SkipPast("?>", "PI not terminated");
            }
            else if (_open.Count == 0 && (rootClosed || Current != '<'))
            {
                Fail(rootClosed ? "Extra content at the end of the document" : "Start tag expected, '<' not found");
            }
            else if (LookingAt("<!DOCTYPE"))
            {
                Fail("A document type declaration is not allowed here");
            }
            else if (LookingAt("</") && _open.Count > 0)
            {
                ScanEndTag();
                rootClosed = _open.Count == 0;
            }
            else if (LookingAt("<![CDATA["))
            {
                SkipPast("]]>", "CData section not finished");
            }
            else if (Current == '<')
            {
                ScanStartTag();
                rootClosed = _open.Count == 0;
            }
            else
            {
                ScanText(end: '<');
            }
        }

        if (_fault is null && !rootClosed)
        {
            Fail(_open.TryPeek(out (string Name, int Offset) open)
                ? $"Premature end of data in tag {open.Name} line {XmlDiagnosis.LineOf(xml, open.Offset)}"
                : "Start tag expected, '<' not found");
        }

        return _fault;
    }

    private void ScanStartTag()
    {
        int start = _position++;
        string name = ScanName();
        if (name.Length == 0)
        {
            Fail("StartTag: invalid element name");
            return;
        }

        HashSet<string>? attributes = null;
        while (_fault is null)
        {
            bool blank = SkipBlanks();
            if (LookingAt("/>"))
            {
                _position += 2;
                return;
            }

            if (Current == '>' && !AtEnd)
            {
                _position++;
                _open.Push((name, start));
                return;
            }

            string attribute = ScanName();
            if (attribute.Length == 0)
            {
                FailInTag(AtEnd
                    ? $"Couldn't find end of Start Tag {name} line {XmlDiagnosis.LineOf(xml, start)}"
                    : "error parsing attribute name");
            }
            else if (!blank)
            {
                Fail("attributes construct error");
            }
            else if (!(attributes ??= []).Add(attribute))
            {
                Fail($"Attribute {attribute} redefined");
            }
            else
            {
                ScanAttributeValue(attribute);
            }
        }
    }

    private void ScanAttributeValue(string attribute)
    {
        SkipBlanks();
        if (Current != '=')
        {
            FailInTag($"Specification mandates value for attribute {attribute}");
            return;
        }

        _position++;
        SkipBlanks();
        if (Current is not ('"' or '\'') || AtEnd)
        {
            FailInTag("AttValue: \" or ' expected");
            return;
        }

        char quote = Current;
        _position++;
        ScanText(quote);
        if (_fault is null && Current != quote)
        {
            Fail(AtEnd ? $"AttValue: {quote} expected" : "Unescaped '<' not allowed in attributes values");
        }

        _position++;
    }

    private void ScanEndTag()
    {
        _position += 2;
        string name = ScanName();
        SkipBlanks();
        if (AtEnd || Current != '>')
        {
            Fail("expected '>'");
            return;
        }

        _position++;
        (string open, int offset) = _open.Pop();
        if (name != open)
        {
            Fail($"Opening and ending tag mismatch: {open} line {XmlDiagnosis.LineOf(xml, offset)} and {name}");
        }
    }

    /// <summary>Character data up to the end given; in an attribute a tag cannot begin either.</summary>
    private void ScanText(char end)
    {
        while (_fault is null && !AtEnd && Current != end && Current != '<')
        {
            if (Current == '&')
            {
                ScanReference();
            }
            else if (end == '<' && LookingAt("]]>"))
            {
                Fail("Sequence ']]>' not allowed in content");
            }
            else if (!IsCharacter(out int length))
            {
                Fail(Current == NotUtf8
                    ? "Input is not proper UTF-8, indicate encoding !"
                    : $"{(end == '<' ? "PCDATA" : "AttValue:")} invalid Char value {(int)Current}");
            }
            else
            {
                _position += length;
            }
        }
    }

    private void ScanReference()
    {
        _position++;
        if (Current == '#')
        {
            int semicolon = xml.IndexOf(';', _position);
            if (semicolon < 0 || semicolon - _position > 10
                || !IsCharacterReference(xml.AsSpan(_position + 1, semicolon - _position - 1)))
            {
                ReadOnlySpan<char> digits = xml.AsSpan(_position + 1, Math.Clamp(semicolon - _position - 1, 0, 10));
                Fail("xmlParseCharRef: invalid " + (CharacterNumber(digits) is { } value
                    ? $"xmlChar value {value}" : digits is ['x', ..] ? "hexadecimal value" : "decimal value"));
                return;
            }

            _position = semicolon + 1;
            return;
        }

        string name = ScanName();
        if (name.Length == 0)
        {
            Fail("xmlParseEntityRef: no name");
        }
        else if (Current != ';')
        {
            Fail("EntityRef: expecting ';'");
        }
        else if (name is not ("lt" or "gt" or "amp" or "quot" or "apos"))
        {
            Fail($"Entity '{name}' not defined");
        }
        else
        {
            _position++;
        }
    }

    private string ScanName()
    {
        int start = _position;
        if (AtEnd || char.IsDigit(Current) || Current is '-' or '.' or '\u00B7')
        {
            return "";
        }

        while (!AtEnd && (char.IsLetterOrDigit(Current) || Current is ':' or '_' or '-' or '.' or '\u00B7'))
        {
            _position++;
        }

        return xml[start.._position];
    }

    private bool SkipBlanks()
    {
        int start = _position;
        while (Current is ' ' or '\t' or '\n' or '\r' && !AtEnd)
        {
            _position++;
        }

        return _position > start;
    }

    private void ScanComment()
    {
        int start = _position + 4;
        int hyphens = xml.IndexOf("--", start, StringComparison.Ordinal);
        if (hyphens >= 0 && !xml.AsSpan(hyphens).StartsWith("-->"))
        {
            _position = hyphens;
            Fail($"Double hyphen within comment: <!--{xml.AsSpan(start, Math.Min(hyphens - start, MaxComment))}");
        }
        else
        {
            SkipPast("-->", "Comment not terminated");
        }
    }

    private void SkipPast(string end, string unfinished)
    {
        int found = xml.IndexOf(end, _position, StringComparison.Ordinal);
        if (found < 0)
        {
            Fail(unfinished);
        }
        else
        {
            _position = found + end.Length;
        }
    }

    private bool LookingAt(string text) => xml.AsSpan(_position).StartsWith(text);

    private bool IsCharacter(out int length)
    {
        length = _position + 1 < xml.Length && char.IsSurrogatePair(xml[_position], xml[_position + 1]) ? 2 : 1;
        return length == 2
            || Current is '\t' or '\n' or '\r' or (>= ' ' and < '\uD800') or (>= '\uE000' and <= '\uFFFD');
    }

    private static uint? CharacterNumber(ReadOnlySpan<char> digits)
    {
        bool hex = digits is ['x', ..];
        return NumberText.TryParse(hex ? $"0x{digits[1..]}" : digits.ToString(), hex ? 0 : 10, out uint value) ? value : null;
    }

    private static bool IsCharacterReference(ReadOnlySpan<char> digits) => CharacterNumber(digits) is 9 or 10 or 13
        or (>= 0x20 and < 0xD800) or (>= 0xE000 and <= 0xFFFD) or (>= 0x10000 and <= 0x10FFFF);

    /// <summary>Inside a tag the usual reason is a quotation mark that a word processor has prettified.</summary>
    private void FailInTag(string text)
    {
        if (IsTypographicQuote(Current) && !AtEnd)
        {
            int line = XmlDiagnosis.LineOf(xml, _position);
            int column = XmlDiagnosis.ColumnOf(xml, _position);
            text += $"; the quotation mark {Current} at line {line}, column {column} is a typographic one: XML "
                + "needs \" or '";
        }

        Fail(text);
    }

    private static bool IsTypographicQuote(char c) => c is
        (>= '\u2018' and <= '\u201F') or '\u2032' or '\u2033' or '\u00AB' or '\u00BB' or '\u2039' or '\u203A'
        or '\u00B4' or '\uFF02' or '\uFF07';

    private void Fail(string text) => _fault ??= new Fault(Math.Min(_position, xml.Length), text);
}
