using System.Globalization;
using VirtNet.Linux.Files;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// What is remembered of a stub in libvirt, to tell what an administrator did with it from what was never there. Root's alone.
/// </summary>
/// <param name="Name">Of the network, and of the stub's file.</param>
/// <param name="Ran">Whether the network ran when its stub was last looked after.</param>
internal sealed record StubRecord(Guid Uuid, string Name, bool Ran)
{
    private const string Root = "/var/lib/virtnet-stubs";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Runs = "runs";

    public static IReadOnlyDictionary<Guid, StubRecord> List()
    {
        Dictionary<Guid, StubRecord> records = [];
        foreach (string file in Directory.Exists(Root) ? Directory.GetFiles(Root) : [])
        {
            if (Guid.TryParse(Path.GetFileName(file), CultureInfo.InvariantCulture, out Guid uuid)
                && File.ReadAllText(file).Split('\n') is [var state, var name, ..])
            {
                records[uuid] = new StubRecord(uuid, name, state == Runs);
            }
        }

        return records;
    }

    public void Keep()
    {
        Directory.CreateDirectory(Root, OwnerOnly);
        AtomicFile.Write(PathOf(Uuid), $"{(Ran ? Runs : "stopped")}\n{Name}\n", durable: true);
    }

    public static void Forget(Guid uuid) => AtomicFile.Delete(PathOf(uuid));

    private static string PathOf(Guid uuid) => Path.Combine(Root, uuid.ToString());
}
