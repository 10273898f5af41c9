using System.Net;
using System.Net.Sockets;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Sharing;
using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Serving;

/// <summary>What this host is in the fabric.</summary>
internal static class ThisHost
{
    /// <summary>Who this host is.</summary>
    /// <exception cref="FabricException">It has no address that others could reach.</exception>
    public static Member Find(FabricOptions options, FabricPaths paths)
    {
        string name = options.Name ?? Environment.MachineName.Split('.')[0];
        return HostName.IsValid(name)
            ? new Member(name, Identity(paths.Identity), options.Address ?? OwnAddress(), Version)
            {
                BgpPort = options.Frr == FrrUse.Off ? 0 : options.BgpPort,
                BgpAsn = options.Frr == FrrUse.Off ? 0 : options.BgpAsn,
            }
            : throw new FabricException($"'{name}' cannot be the name of a host: name = \"…\" in {paths.Settings} gives it another one");
    }

    private static string Version => typeof(ThisHost).Assembly.GetName().Version!.ToString(fieldCount: 3);

    /// <summary>Made up once.</summary>
    private static Guid Identity(string path)
    {
        if (File.Exists(path) && Guid.TryParse(File.ReadAllText(path).Trim(), out Guid known))
        {
            return known;
        }

        Guid made = Guid.NewGuid();
        AtomicFile.Write(path, $"{made}\n", durable: true);
        return made;
    }

    /// <summary>Where packets to far away come from.</summary>
    private static string OwnAddress()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9)); // nothing is sent: it asks for the route
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException e)
        {
            throw new FabricException($"this host has no default route: address = \"…\" in the settings has to say where others reach it ({e.Message})", e);
        }
    }
}
