using System.Text;

namespace VirtNet.Cli.Shell;

/// <summary>A line being edited: its text and where the cursor is in it.</summary>
internal sealed class LineBuffer
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    /// <summary>Characters before the cursor.</summary>
    public int Cursor { get; private set; }

    public string BeforeCursor => _text.ToString(0, Cursor);

    public string AfterCursor => _text.ToString(Cursor, _text.Length - Cursor);

    public void Set(string text)
    {
        _text.Clear().Append(text);
        Cursor = text.Length;
    }

    public void Insert(string text)
    {
        _text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    public void MoveLeft() => Cursor = Math.Max(0, Cursor - 1);

    public void MoveRight() => Cursor = Math.Min(_text.Length, Cursor + 1);

    public void MoveToStart() => Cursor = 0;

    public void MoveToEnd() => Cursor = _text.Length;

    public void DeleteLeft()
    {
        if (Cursor > 0)
        {
            _text.Remove(--Cursor, 1);
        }
    }

    public void DeleteRight()
    {
        if (Cursor < _text.Length)
        {
            _text.Remove(Cursor, 1);
        }
    }

    public void DeleteToStart()
    {
        _text.Remove(0, Cursor);
        Cursor = 0;
    }

    public void DeleteToEnd() => _text.Remove(Cursor, _text.Length - Cursor);

    public void DeleteWordLeft()
    {
        int start = Cursor;
        while (start > 0 && _text[start - 1] == ' ')
        {
            start--;
        }

        while (start > 0 && _text[start - 1] != ' ')
        {
            start--;
        }

        _text.Remove(start, Cursor - start);
        Cursor = start;
    }
}
