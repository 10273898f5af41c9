using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Zone;

/// <summary>What resolv.conf(5) says about name servers; all else in that file is for the host's own programs.</summary>
/// <param name="Servers">In the order in which they are asked.</param>
/// <param name="TrustsAuthenticData">Option trust-ad: the servers and the way to them are trusted to have checked DNSSEC.</param>
internal sealed record ResolvConf(ValueList<NetEndpoint> Servers, bool TrustsAuthenticData)
{
    public const ushort DnsPort = 53;

    /// <summary>The host's own.</summary>
    public const string DefaultPath = "/etc/resolv.conf";

    private const int MaxServers = 16;
    private static readonly char[] Blanks = [' ', '\t', '\r'];

    public static ResolvConf Parse(string text)
    {
        List<NetEndpoint> servers = [];
        bool trusts = false;
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

            trusts |= words is ["options", ..] && words.Contains("trust-ad");
        }

        return new ResolvConf(servers.ToValueList(), trusts);
    }

    /// <summary>An address, for a link-local one with %interface: its name or its number.</summary>
    private static NetEndpoint? TryParseServer(string text)
    {
        string[] parts = text.Split('%', 2);
        if (!IPAddress.TryParse(parts[0], out IPAddress? address))
        {
            return null;
        }

        uint scope = parts.Length == 2 && address.AddressFamily == AddressFamily.InterNetworkV6 ? FindScope(parts[1]) : 0;
        return new NetEndpoint(NetAddress.From(address), DnsPort, scope);
    }

    private static uint FindScope(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint index) ? index : Libc.InterfaceIndex(text);
}
