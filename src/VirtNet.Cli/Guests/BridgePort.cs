namespace VirtNet.Cli.Guests;

/// <summary>A device that is plugged into a bridge of this host.</summary>
internal sealed record BridgePort(string Device, string Mac)
{
    private const string DevicesFolder = "/sys/class/net";

    /// <summary>The ports of a bridge; none where there is no such bridge here.</summary>
    public static IReadOnlyList<BridgePort> Of(string bridge)
    {
        string folder = Path.Combine(DevicesFolder, bridge, "brif");
        if (!Directory.Exists(folder))
        {
            return [];
        }

        List<BridgePort> ports = [];
        foreach (string path in Directory.GetFileSystemEntries(folder))
        {
            string device = Path.GetFileName(path);
            try
            {
                ports.Add(new BridgePort(device, File.ReadAllText(Path.Combine(DevicesFolder, device, "address")).Trim()));
            }
            catch (IOException)
            {
                // It was unplugged in between.
            }
        }

        return ports;
    }
}
