using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Sharing;

/// <summary>
/// Which fabric this host is in. An etcd that is empty or another one, be it restored, set up anew or reached by mistake, must not
/// be taken for the news that all networks were undefined.
/// </summary>
/// <param name="path">Where it is remembered.</param>
internal sealed class FabricIdentity(string path)
{
    private string? _known = File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    /// <summary>Null = this host has been in none.</summary>
    public string? Known => Volatile.Read(ref _known);

    /// <summary>Why what etcd holds is not for this host; null = it is.</summary>
    /// <param name="id">The fabric's that it holds; null = none yet.</param>
    public string? ObjectionTo(string? id) => Known is not { } known || id == known
        ? null
        : $"etcd holds {(id is null ? "no fabric" : "another fabric")}, and not the one that this host is in: if that is meant, "
            + "virtnet fabric leave --force and join make it follow";

    /// <summary>On disk when it returns.</summary>
    public void Remember(string id)
    {
        if (Known != id)
        {
            AtomicFile.Write(path, id + "\n", durable: true);
            Volatile.Write(ref _known, id);
        }
    }
}
