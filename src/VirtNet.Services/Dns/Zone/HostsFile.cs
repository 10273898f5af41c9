using System.Net;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// Reads the format of hosts(5). A bad line is left out, as the C library does, and so is what is of no use to guests: an
/// address of 127.0.0.0/8 other than 127.0.0.1 is what Debian's installer has the host call itself (127.0.1.1), and would
/// lead a guest to itself.
/// </summary>
internal static class HostsFile
{
    private static readonly char[] Blanks = [' ', '\t', '\r'];

    public static HostTable Parse(string text)
    {
        HostTable table = new();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split('#')[0].Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out IPAddress? address) || IsForTheHostAlone(address))
            {
                continue;
            }

            foreach (string word in words[1..])
            {
                if (DnsName.TryParse(word) is { } name)
                {
                    table.Add(name, NetAddress.From(address));
                }
            }
        }

        return table;
    }

    private static bool IsForTheHostAlone(IPAddress address) =>
        NetAddress.From(address) is { IsV6: false, IsLoopback: true } && !address.Equals(IPAddress.Loopback);
}
