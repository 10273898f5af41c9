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

    /// <returns>For each program that claims the bridge one sentence with what helps.</returns>
    public IReadOnlyList<string> Of(string bridge)
    {
        List<string> claims = [];
        if (Runs("systemd-networkd") && NetworkdFile(bridge) is { } file)
        {
            claims.Add($"systemd-networkd takes {bridge} for its own by {file}, and guests off it: "
                + $"a file that sorts before it with [Match] Name={bridge} and [Link] Unmanaged=yes keeps it away");
        }

        if (Runs("NetworkManager") && !NetworkManagerFiles.Read(root).LeaveAlone(bridge))
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
        foreach (string path in ConfigurationFolders.Files(root, NetworkdFolders, ".network")
            .OrderBy(file => Path.GetFileName(file), StringComparer.Ordinal))
        {
            IniFile file = IniFile.Read(path);
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
        return list.TrimStart('!').Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(pattern => ConfigurationFolders.IsLike(pattern, value))
            != negated;
    }
}
