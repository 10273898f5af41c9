namespace VirtNet.Host.Claims;

/// <summary>Sections and keys of a configuration file as systemd and NetworkManager write them, in the file's order.</summary>
internal sealed class IniFile
{
    private readonly List<IniEntry> _entries = [];

    /// <summary>Names of the sections, once for each time they begin.</summary>
    public List<string> Sections { get; } = [];

    /// <returns>Without entries where it is not for us to read: then there is nothing to say of it.</returns>
    public static IniFile Read(string path)
    {
        try
        {
            return Parse(File.ReadLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new IniFile();
        }
    }

    private static IniFile Parse(IEnumerable<string> lines)
    {
        IniFile file = new();
        string section = "";
        foreach (string line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                section = line[1..^1];
                file.Sections.Add(section);
            }
            else if (line.Length > 0 && line[0] is not ('#' or ';') && line.Split('=', 2) is [string key, string value])
            {
                file._entries.Add(new IniEntry(section, key.Trim(), value.Trim()));
            }
        }

        return file;
    }

    public IEnumerable<IniEntry> Of(string section) => _entries.Where(entry => entry.Section == section);

    /// <summary>The last value counts; null = not set.</summary>
    public string? Value(string section, string key) => Of(section).LastOrDefault(entry => entry.Key == key)?.Value;
}

/// <summary>One line of a file.</summary>
internal sealed record IniEntry(string Section, string Key, string Value);
