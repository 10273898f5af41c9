using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Frr;

/// <summary>The files of the fabric's own FRRouting. Their folder gives them its group, which is FRRouting's: others do not read them.</summary>
/// <param name="folder">Where FRRouting looks for them by the name of the instance.</param>
internal sealed class FrrFiles(string folder)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    public string Bgpd => Path.Combine(folder, "bgpd.conf");

    private string[] All => [Bgpd, Path.Combine(folder, "zebra.conf"), Path.Combine(folder, "bfdd.conf"), Path.Combine(folder, "bgpd.env")];

    /// <exception cref="IOException">They cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Write(FrrSettings settings, IReadOnlyCollection<BgpNeighbour> neighbours)
    {
        string[] texts = [settings.Bgpd(neighbours), settings.Zebra, settings.Bfdd, settings.Environment];
        foreach ((string path, string text) in All.Zip(texts))
        {
            if (!File.Exists(path) || File.ReadAllText(path) != text)
            {
                AtomicFile.Write(path, text, durable: true, Readable);
            }
        }
    }

    /// <summary>Nothing is left of them; what else is in the folder stays.</summary>
    public void Remove()
    {
        foreach (string file in All.Where(File.Exists))
        {
            File.Delete(file);
        }

        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
