using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Frr;

/// <summary>
/// Remembers that the peer group in the operator's FRRouting is this fabric's, and whether it was the fabric that had bgpd tell of all
/// VXLAN networks: what he has done himself stays when the host leaves.
/// </summary>
internal sealed class SharedFrrNote(string path)
{
    private const string Spoken = "advertise-all-vni";

    public bool IsThere => File.Exists(path);

    public bool HasSpoken => IsThere && File.ReadAllText(path).Trim() == Spoken;

    /// <summary>On disk when it returns. Once it was the fabric it stays so.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Write(bool hasSpoken)
    {
        if (!IsThere || (hasSpoken && !HasSpoken))
        {
            AtomicFile.Write(path, hasSpoken ? Spoken + "\n" : "\n", durable: true);
        }
    }

    public void Remove()
    {
        if (IsThere)
        {
            AtomicFile.Delete(path);
        }
    }
}
