using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Zone;

/// <summary>The name servers of resolv.conf(5), in their order; all else in that file is for the host's own programs.</summary>
internal static class ResolvConf
{
    public const ushort DnsPort = 53;

    private const int MaxServers = 16;
    private static readonly char[] Blanks = [' ', '\t', '\r'];

    public static ValueList<NetEndpoint> Parse(string text)
    {
        List<NetEndpoint> servers = [];
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", { } server, ..]
                && TryParseServer(server) is { } endpoint
                && !servers.Contains(endpoint)
                && servers.Count < MaxServers)
            {
                servers.Add(endpoint);
            }
        }

        return servers.ToValueList();
    }

    /// <summary>An address, for a link-local one with %interface.</summary>
    private static NetEndpoint? TryParseServer(string text)
    {
        string[] parts = text.Split('%', 2);
        if (!IPAddress.TryParse(parts[0], out IPAddress? address))
        {
            return null;
        }

        uint scope = parts.Length == 2 && address.AddressFamily == AddressFamily.InterNetworkV6
            ? Libc.InterfaceIndex(parts[1])
            : 0;
        return new NetEndpoint(NetAddress.From(address), DnsPort, scope);
    }
}
