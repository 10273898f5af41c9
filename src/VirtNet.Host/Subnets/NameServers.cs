using System.Net;
using VirtNet.Model.Subnets;

namespace VirtNet.Host.Subnets;

/// <summary>The name servers of the host: a network that had their addresses would hide them, however far away they are.</summary>
internal static class NameServers
{
    private static readonly char[] Blanks = [' ', '\t', '\r'];

    public static IEnumerable<TakenSubnet> Read(string resolvConf)
    {
        string text;
        try
        {
            text = File.ReadAllText(resolvConf);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        return
        [
            .. text.Split('\n')
                .Select(line => line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is ["nameserver", _, ..])
                .Select(words => IPAddress.TryParse(words[1].Split('%')[0], out IPAddress? address) ? address : null)
                .OfType<IPAddress>()
                .Select(address => new TakenSubnet(
                    new IPNetwork(address, address.GetAddressBytes().Length * 8), $"name server {address} of {resolvConf}")),
        ];
    }
}
