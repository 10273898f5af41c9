using System.Net;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>Reads the format of hosts(5). A bad line is left out, as the C library does.</summary>
internal static class HostsFile
{
    private static readonly char[] Blanks = [' ', '\t', '\r'];

    public static HostTable Parse(string text)
    {
        HostTable table = new();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split('#')[0].Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out IPAddress? address))
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
}
