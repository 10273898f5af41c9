namespace VirtNet.Cli.Shell;

/// <summary>The lines of this and of earlier shells. A file that cannot be used is done without.</summary>
internal sealed class LineHistory
{
    private const int MaxLines = 500;

    private readonly List<string> _lines = [];
    private readonly string? _path;
    private int _position;

    /// <param name="path">Null = nothing is kept.</param>
    public LineHistory(string? path)
    {
        _path = path;
        if (path is not null && File.Exists(path))
        {
            try
            {
                _lines.AddRange(File.ReadLines(path).TakeLast(MaxLines));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _path = null;
            }
        }

        _position = _lines.Count;
    }

    /// <summary>Where a user's lines are kept: <c>$XDG_STATE_HOME/virtnet/history</c>.</summary>
    public static string? PathFor(Func<string, string?> variable) =>
        variable("XDG_STATE_HOME") is { Length: > 0 } state ? Path.Combine(state, "virtnet", "history")
        : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state", "virtnet", "history")
        : null;

    public void Add(string line)
    {
        if (line.Trim().Length > 0 && (_lines.Count == 0 || _lines[^1] != line))
        {
            _lines.Add(line);
        }

        _position = _lines.Count;
    }

    /// <summary>The line before, or null at the oldest one.</summary>
    public string? Back() => _position > 0 ? _lines[--_position] : null;

    /// <summary>The line after; an empty one behind the newest.</summary>
    public string? Forward()
    {
        if (_position >= _lines.Count)
        {
            return null;
        }

        _position++;
        return _position < _lines.Count ? _lines[_position] : "";
    }

    public void Save()
    {
        if (_path is null || _lines.Count == 0)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            using FileStream file = new(_path, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            using StreamWriter writer = new(file) { NewLine = "\n" };
            foreach (string line in _lines.TakeLast(MaxLines))
            {
                writer.WriteLine(line);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Lines that cannot be kept are no reason to fail on the way out.
        }
    }
}
