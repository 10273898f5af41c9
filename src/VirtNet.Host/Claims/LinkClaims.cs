using System.IO.Enumeration;

namespace VirtNet.Host.Claims;

/// <summary>
/// Which other programs of the host would take a bridge for theirs, and its ports off it: systemd-networkd by a file that
/// matches its name, NetworkManager where it was not told to leave it alone. Costs two looks at files where neither runs.
/// </summary>
/// <param name="root">Folder that stands for the root of the file system.</param>
internal sealed class LinkClaims(string root = "/")
{
    /// <summary>Those of the first folders hide files of the same name in later ones (systemd.network(5)).</summary>
    private static readonly string[] NetworkdFolders =
        ["etc/systemd/network", "run/systemd/network", "usr/local/lib/systemd/network", "usr/lib/systemd/network"];

    private static readonly string[] NetworkManagerFolders =
        ["etc/NetworkManager/conf.d", "run/NetworkManager/conf.d", "usr/lib/NetworkManager/conf.d"];

    /// <returns>For each program that claims the bridge one sentence with what helps.</returns>
    public IReadOnlyList<string> Of(string bridge)
    {
        List<string> claims = [];
        if (Runs("systemd-networkd") && NetworkdFile(bridge) is { } file)
        {
            claims.Add($"systemd-networkd takes {bridge} for its own by {file}, and guests off it: "
                + $"a file that sorts before it with [Match] Name={bridge} and [Link] Unmanaged=yes keeps it away");
        }

        if (Runs("NetworkManager") && !IsLeftAlone(bridge))
        {
            claims.Add($"NetworkManager was not told to leave {bridge} alone, and takes it down when networking is switched off: "
                + $"[device-{bridge}] match-device=interface-name:{bridge} and managed=0 in a file in /etc/NetworkManager/conf.d keep it away");
        }

        return claims;
    }

    /// <summary>systemd keeps a link for each unit that is active.</summary>
    private bool Runs(string unit) =>
        new FileInfo(Path.Combine(root, $"run/systemd/units/invocation:{unit}.service")).LinkTarget is not null;

    /// <returns>The file that decides about the bridge, if it makes networkd manage it.</returns>
    private string? NetworkdFile(string bridge)
    {
        foreach (string path in Files(NetworkdFolders, ".network"))
        {
            IniFile file = Read(path);
            if (file.Sections.Contains("Match") && file.Of("Match").All(entry => Matches(entry, bridge)))
            {
                return file.Value("Link", "Unmanaged") is "yes" or "true" or "1" or "on" ? null : path;
            }
        }

        return null;
    }

    /// <summary>What depends on more than name and kind is taken not to match: better silent than wrong.</summary>
    private static bool Matches(IniEntry entry, string bridge) => entry.Key switch
    {
        "Name" => IsInList(entry.Value, bridge),
        "Kind" or "Type" or "Driver" => IsInList(entry.Value, "bridge"),
        _ => false,
    };

    /// <param name="list">Shell patterns, separated by blanks; one exclamation mark in front of all turns the list round.</param>
    private static bool IsInList(string list, string value)
    {
        bool negated = list.StartsWith('!');
        return list.TrimStart('!').Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(pattern => IsLike(pattern, value)) != negated;
    }

    private bool IsLeftAlone(string bridge)
    {
        string? list = null;
        string main = Path.Combine(root, "etc/NetworkManager/NetworkManager.conf");
        foreach (string path in Files(NetworkManagerFolders, ".conf").Append(main).Where(File.Exists))
        {
            IniFile file = Read(path);
            list = file.Value("keyfile", "unmanaged-devices") ?? list;
            foreach (string section in file.Sections.Where(section => section.StartsWith("device", StringComparison.Ordinal)))
            {
                if (file.Value(section, "managed") is "0" or "false" or "no"
                    && IsInSpecs(file.Value(section, "match-device") ?? "*", bridge))
                {
                    return true;
                }
            }
        }

        return list is not null && IsInSpecs(list, bridge);
    }

    private static bool IsInSpecs(string list, string bridge)
    {
        string[] specs = list.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return specs.Any(spec => IsSpecOf(spec, bridge))
            && !specs.Any(spec => spec.StartsWith("except:", StringComparison.Ordinal) && IsSpecOf(spec["except:".Length..], bridge));
    }

    private static bool IsSpecOf(string spec, string bridge) => spec.Split(':', 2) switch
    {
        ["*"] => true,
        ["interface-name", string pattern] => IsLike(pattern.TrimStart('='), bridge),
        ["type", string type] => type == "bridge",
        _ => false,
    };

    private static bool IsLike(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private IEnumerable<string> Files(string[] folders, string extension) => folders
        .Select(folder => Path.Combine(root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*" + extension, new EnumerationOptions { IgnoreInaccessible = true }))
        .DistinctBy(file => Path.GetFileName(file))
        .OrderBy(file => Path.GetFileName(file), StringComparer.Ordinal);

    private static IniFile Read(string path)
    {
        try
        {
            return IniFile.Parse(File.ReadLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new IniFile(); // not for us to read: nothing to say of it
        }
    }
}
