using System.Globalization;
using System.Text;
using VirtNet.Daemon.Configuration;

namespace VirtNet.Daemon.Hosting;

/// <summary>Keeps a second daemon away from the same folders; the lock ends with the process, however it ends.</summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly FileStream _file;

    private InstanceLock(FileStream file) => _file = file;

    /// <exception cref="ConfigurationException">Another daemon holds it.</exception>
    public static InstanceLock Take(string path)
    {
        try
        {
            // FileShare.Read lets people read the pid and keeps other writers out (flock(2)).
            FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush();
            return new InstanceLock(file);
        }
        catch (IOException e)
        {
            throw new ConfigurationException($"another virtnetd runs already (it holds {path}): {e.Message}");
        }
    }

    public void Dispose() => _file.Dispose();
}
