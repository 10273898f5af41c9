using System.IO.Enumeration;

namespace VirtNet.Host.Claims;

/// <summary>Folders from which a program reads its configuration: of those that belong together a file hides others of its name.</summary>
internal static class ConfigurationFolders
{
    /// <param name="folders">Below the root, those first whose files hide others.</param>
    /// <returns>The files that count, folder by folder.</returns>
    public static IEnumerable<string> Files(string root, IEnumerable<string> folders, string extension) => folders
        .Select(folder => Path.Combine(root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*" + extension, new EnumerationOptions { IgnoreInaccessible = true }))
        .DistinctBy(file => Path.GetFileName(file));

    /// <summary>Shell patterns, as far as systemd and NetworkManager use them for names of links.</summary>
    public static bool IsLike(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
