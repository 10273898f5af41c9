using VirtNet.Daemon.Configuration;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Keeps a second daemon away from the sockets, and from the leases: two that share only these would undo each other's work as well. Each
/// has a file for it, which is not for everybody to open, as a folder often is.
/// </summary>
internal sealed class InstanceLocks : IDisposable
{
    private InstanceLocks(IReadOnlyList<InstanceLock> all) => All = all;

    public IReadOnlyList<InstanceLock> All { get; }

    /// <exception cref="ConfigurationException">Another daemon holds one of them.</exception>
    /// <exception cref="IOException">The runtime folder cannot be locked.</exception>
    public static InstanceLocks Take(DaemonPaths paths)
    {
        List<InstanceLock> taken = [];
        try
        {
            taken.Add(InstanceLock.Take(paths.LockFile));
            if (TryTake(paths.StateLockFile) is { } held)
            {
                taken.Add(held);
            }

            return new InstanceLocks(taken);
        }
        catch
        {
            taken.ForEach(held => held.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (InstanceLock held in All)
        {
            held.Dispose();
        }
    }

    /// <returns>Null where nothing can be written: then this daemon is in nobody's way there.</returns>
    private static InstanceLock? TryTake(string file)
    {
        try
        {
            return InstanceLock.Take(file);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
