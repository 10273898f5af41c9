namespace VirtNet.Host.Claims;

/// <summary>What NetworkManager is told about devices (NetworkManager.conf(5)).</summary>
internal sealed class NetworkManagerFiles
{
    private const string Main = "etc/NetworkManager/NetworkManager.conf";
    private const string AdministratorsFolder = "etc/NetworkManager/conf.d";

    /// <summary>Those whose files are read first, in reverse: a file hides others of its name that are read before it.</summary>
    private static readonly string[] Folders = [AdministratorsFolder, "run/NetworkManager/conf.d", "usr/lib/NetworkManager/conf.d"];

    private readonly IReadOnlyList<IniFile> _files;

    private NetworkManagerFiles(IReadOnlyList<IniFile> files) => _files = files;

    /// <param name="root">Folder that stands for the root of the file system.</param>
    public static NetworkManagerFiles Read(string root)
    {
        ILookup<string, string> byFolder = ConfigurationFolders.Files(root, Folders, ".conf")
            .Order(StringComparer.Ordinal).ToLookup(file => Path.GetDirectoryName(file)!);
        string Under(string path) => Path.Combine(root, path);
        IEnumerable<string> before = Folders.Reverse().Where(folder => folder != AdministratorsFolder).SelectMany(folder => byFolder[Under(folder)]);
        return new NetworkManagerFiles(
        [
            .. before.Select(IniFile.Read).Where(IsEnabled),
            IniFile.Read(Under(Main)),
            .. byFolder[Under(AdministratorsFolder)].Select(IniFile.Read).Where(IsEnabled),
        ]);
    }

    /// <summary>Whether it was told to leave a bridge alone.</summary>
    public bool LeaveAlone(string bridge) => IsManaged(bridge) == false || IsInSpecs(Unmanaged(), bridge);

    private static bool IsEnabled(IniFile file) => Boolean(file.Value(".config", "enable")) != false;

    /// <summary>What the sections of devices say of it: those of later files before earlier ones, in one file from the top down.</summary>
    private bool? IsManaged(string bridge)
    {
        foreach (IniFile file in _files.Reverse())
        {
            foreach (string section in file.Sections.Distinct()
                .Where(section => section.StartsWith("device", StringComparison.Ordinal)).OrderBy(section => section == "device"))
            {
                if (IsInSpecs(Specs(file.Value(section, "match-device") ?? "*"), bridge))
                {
                    if (Boolean(file.Value(section, "managed")) is { } managed)
                    {
                        return managed;
                    }

                    if (Boolean(file.Value(section, "stop-match")) == true)
                    {
                        return null;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>A later list replaces an earlier one, or adds to it, or takes away from it.</summary>
    private List<string> Unmanaged()
    {
        List<string> list = [];
        foreach (IniEntry entry in _files.SelectMany(file => file.Of("keyfile")))
        {
            switch (entry.Key)
            {
                case "unmanaged-devices":
                    list = Specs(entry.Value);
                    break;
                case "unmanaged-devices+":
                    list.AddRange(Specs(entry.Value));
                    break;
                case "unmanaged-devices-":
                    list.RemoveAll(Specs(entry.Value).Contains);
                    break;
            }
        }

        return list;
    }

    private static List<string> Specs(string list) =>
        [.. list.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static bool IsInSpecs(List<string> specs, string bridge) =>
        specs.Exists(spec => IsSpecOf(spec, bridge))
        && !specs.Exists(spec => spec.StartsWith("except:", StringComparison.Ordinal) && IsSpecOf(spec["except:".Length..], bridge));

    private static bool IsSpecOf(string spec, string bridge) => spec.Split(':', 2) switch
    {
        ["*"] => true,
        [string name] => name == bridge,
        ["interface-name", ['=', .. string name]] => name == bridge,
        ["interface-name", string pattern] => ConfigurationFolders.IsLike(pattern.TrimStart('~'), bridge),
        ["type", string type] => type == "bridge",
        _ => false,
    };

    private static bool? Boolean(string? value) => value?.ToLowerInvariant() switch
    {
        "1" or "true" or "yes" or "on" => true,
        "0" or "false" or "no" or "off" => false,
        _ => null,
    };
}
