using System.Globalization;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// The numbers of this process's own sockets to the firewall: the kernel says with each change whose socket asked for it, and
/// libnftables does not say which socket it has.
/// </summary>
internal static class OwnPorts
{
    private const string Netfilter = "12";

    public static IReadOnlySet<uint> Read()
    {
        HashSet<string> sockets = [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(TargetOf).OfType<string>()];
        HashSet<uint> ports = [];
        foreach (string line in File.ReadLines("/proc/thread-self/net/netlink").Skip(1))
        {
            // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 10 && fields[1] == Netfilter && sockets.Contains($"socket:[{fields[9]}]")
                && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out uint port) && port != 0)
            {
                ports.Add(port);
            }
        }

        return ports;
    }

    private static string? TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            return null; // closed meanwhile
        }
    }
}
