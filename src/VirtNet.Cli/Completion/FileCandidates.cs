namespace VirtNet.Cli.Completion;

/// <summary>Files and folders whose paths begin as written; folders end with a slash.</summary>
internal static class FileCandidates
{
    public static IReadOnlyList<string> Find(string prefix)
    {
        int slash = prefix.LastIndexOf('/');
        string lead = slash < 0 ? "" : prefix[..(slash + 1)];
        string start = prefix[(slash + 1)..];
        try
        {
            return
            [
                .. new DirectoryInfo(lead.Length == 0 ? "." : lead).EnumerateFileSystemInfos()
                    .Where(entry => entry.Name.StartsWith(start, StringComparison.Ordinal)
                        && (start.Length > 0 || !entry.Name.StartsWith('.')))
                    .Select(entry => lead + entry.Name + (entry is DirectoryInfo ? "/" : "")),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
