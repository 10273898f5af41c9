namespace VirtNet.Cli.Guests;

/// <summary>
/// Finds out where things are in a text that is known to be well-formed XML without a document type, so that it can be
/// changed without touching anything else.
/// </summary>
internal ref struct XmlScanner(string text)
{
    private int _position;

    /// <summary>The root element with all its descendants.</summary>
    public static XmlElementSpan Scan(string text) => new XmlScanner(text).ScanDocument();

    private XmlElementSpan ScanDocument()
    {
        XmlElementSpan? root = null;
        Stack<XmlElementSpan> open = new();
        while ((_position = text.IndexOf('<', _position)) >= 0)
        {
            if (SkipOver("<!--", "-->") || SkipOver("<![CDATA[", "]]>") || SkipOver("<?", "?>"))
            {
                continue;
            }

            if (text[_position + 1] == '/')
            {
                _position = text.IndexOf('>', _position) + 1;
                open.Pop().End = _position;
                continue;
            }

            XmlElementSpan element = ScanStartTag();
            root ??= element;
            if (open.TryPeek(out XmlElementSpan? parent))
            {
                parent.Children.Add(element);
            }

            if (!element.IsEmptyTag)
            {
                open.Push(element);
            }
        }

        return root ?? throw new ArgumentException("no element");
    }

    private bool SkipOver(string opening, string closing)
    {
        if (!text.AsSpan(_position).StartsWith(opening))
        {
            return false;
        }

        _position = text.IndexOf(closing, _position + opening.Length, StringComparison.Ordinal) + closing.Length;
        return true;
    }

    private XmlElementSpan ScanStartTag()
    {
        int start = _position++;
        XmlElementSpan element = new(ScanName(), start);
        while (true)
        {
            SkipSpace();
            if (text[_position] is '/' or '>')
            {
                element.IsEmptyTag = text[_position] == '/';
                _position = text.IndexOf('>', _position) + 1;
                element.TagEnd = element.End = _position;
                return element;
            }

            element.Attributes.Add(ScanAttribute());
        }
    }

    private XmlAttributeSpan ScanAttribute()
    {
        int start = _position;
        string name = ScanName();
        SkipSpace();
        _position++; // the equals sign
        SkipSpace();
        char quote = text[_position++];
        int valueStart = _position;
        int valueEnd = text.IndexOf(quote, valueStart);
        _position = valueEnd + 1;
        return new XmlAttributeSpan(name, start, valueStart, valueEnd - valueStart);
    }

    private string ScanName()
    {
        int start = _position;
        while (text[_position] is not ('=' or '/' or '>' or ' ' or '\t' or '\r' or '\n'))
        {
            _position++;
        }

        return text[start.._position];
    }

    private void SkipSpace()
    {
        while (text[_position] is ' ' or '\t' or '\r' or '\n')
        {
            _position++;
        }
    }
}
