using VirtNet.Cli.Output;

namespace VirtNet.Cli.Shell;

/// <summary>Reads one line from a terminal, with the keys that readline has taught everybody.</summary>
/// <param name="complete">What the text before the cursor can be completed to.</param>
internal sealed class LineEditor(
    IKeyboard keyboard, LineHistory history, Func<string, Task<LineCompletion>> complete)
{
    private readonly LineBuffer _line = new();
    private string _prompt = "";

    /// <returns>The line, or null at the end of input.</returns>
    public async Task<string?> ReadAsync(string prompt)
    {
        _prompt = prompt;
        _line.Set("");
        Draw();
        while (true)
        {
            ConsoleKeyInfo key = keyboard.Read();
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    keyboard.Write("\r\n");
                    history.Add(_line.Text);
                    return _line.Text;
                case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } when _line.Text.Length == 0:
                    keyboard.Write("\r\n");
                    return null;
                case { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                    keyboard.Write("^C\r\n");
                    _line.Set("");
                    break;
                case { Key: ConsoleKey.Tab }:
                    await CompleteAsync();
                    break;
                default:
                    Edit(key);
                    break;
            }

            Draw();
        }
    }

    private void Edit(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.LeftArrow } or { Key: ConsoleKey.B, Modifiers: ConsoleModifiers.Control }:
                _line.MoveLeft();
                break;
            case { Key: ConsoleKey.RightArrow } or { Key: ConsoleKey.F, Modifiers: ConsoleModifiers.Control }:
                _line.MoveRight();
                break;
            case { Key: ConsoleKey.Home } or { Key: ConsoleKey.A, Modifiers: ConsoleModifiers.Control }:
                _line.MoveToStart();
                break;
            case { Key: ConsoleKey.End } or { Key: ConsoleKey.E, Modifiers: ConsoleModifiers.Control }:
                _line.MoveToEnd();
                break;
            case { Key: ConsoleKey.Backspace }:
                _line.DeleteLeft();
                break;
            case { Key: ConsoleKey.Delete } or { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control }:
                _line.DeleteRight();
                break;
            case { Key: ConsoleKey.U, Modifiers: ConsoleModifiers.Control }:
                _line.DeleteToStart();
                break;
            case { Key: ConsoleKey.K, Modifiers: ConsoleModifiers.Control }:
                _line.DeleteToEnd();
                break;
            case { Key: ConsoleKey.W, Modifiers: ConsoleModifiers.Control }:
                _line.DeleteWordLeft();
                break;
            case { Key: ConsoleKey.L, Modifiers: ConsoleModifiers.Control }:
                keyboard.Write("\u001b[2J\u001b[H");
                break;
            case { Key: ConsoleKey.UpArrow } or { Key: ConsoleKey.P, Modifiers: ConsoleModifiers.Control }:
                Recall(history.Back());
                break;
            case { Key: ConsoleKey.DownArrow } or { Key: ConsoleKey.N, Modifiers: ConsoleModifiers.Control }:
                Recall(history.Forward());
                break;
            case { KeyChar: var c } when !char.IsControl(c):
                _line.Insert(c.ToString());
                break;
        }
    }

    private void Recall(string? line)
    {
        if (line is not null)
        {
            _line.Set(line);
        }
    }

    /// <summary>Writes what all candidates have in common; where that is nothing new, shows them.</summary>
    private async Task CompleteAsync()
    {
        LineCompletion completion = await complete(_line.BeforeCursor);
        if (completion.Insertion.Length > 0)
        {
            _line.Insert(completion.Insertion);
        }
        else if (completion.Candidates.Count > 1)
        {
            keyboard.Write("\r\n" + string.Join("  ", completion.Candidates.Select(DisplayText.Printable)) + "\r\n");
        }
    }

    /// <summary>Draws the whole line anew and puts the cursor where it belongs.</summary>
    private void Draw()
    {
        int back = DisplayText.Width(_line.AfterCursor);
        keyboard.Write($"\r{_prompt}{_line.Text}\u001b[K" + (back > 0 ? $"\u001b[{back}D" : ""));
    }
}
