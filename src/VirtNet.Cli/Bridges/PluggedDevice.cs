using System.Globalization;

namespace VirtNet.Cli.Bridges;

/// <summary>A device that is plugged into a bridge of this host.</summary>
/// <param name="Mac">The device's own, which is seldom its guest's.</param>
internal sealed record PluggedDevice(string Device, string Mac)
{
    private const string DevicesFolder = "/sys/class/net";

    /// <summary>The addresses that the bridge has heard behind it, in lower case.</summary>
    public IReadOnlyList<string> Heard { get; init; } = [];

    /// <summary>The device that a guest is behind: where the bridge has heard it, else whose own address is like the guest's.</summary>
    public static PluggedDevice? Behind(IReadOnlyList<PluggedDevice> devices, string mac) =>
        devices.FirstOrDefault(device => device.Heard.Contains(mac)) ?? devices.FirstOrDefault(device => device.Mac[2..] == mac[2..]);

    /// <summary>The MTU that a bridge has now; null where there is no such bridge here.</summary>
    public static uint? MtuOf(string bridge)
    {
        try
        {
            return uint.Parse(File.ReadAllText(Path.Combine(DevicesFolder, bridge, "mtu")), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The ports of a bridge; none where there is no such bridge here.</summary>
    public static IReadOnlyList<PluggedDevice> Of(string bridge)
    {
        string folder = Path.Combine(DevicesFolder, bridge, "brif");
        if (!Directory.Exists(folder))
        {
            return [];
        }

        ILookup<int, string> heard = BridgeTable.Read(Path.Combine(DevicesFolder, bridge, "brforward"));
        List<PluggedDevice> ports = [];
        foreach (string path in Directory.GetFileSystemEntries(folder))
        {
            string device = Path.GetFileName(path);
            try
            {
                string number = File.ReadAllText(Path.Combine(path, "port_no")).Trim();
                ports.Add(new PluggedDevice(device, File.ReadAllText(Path.Combine(DevicesFolder, device, "address")).Trim())
                {
                    Heard = [.. heard[int.Parse(number["0x".Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)]],
                });
            }
            catch (IOException)
            {
                // It was unplugged in between.
            }
        }

        return ports;
    }
}
