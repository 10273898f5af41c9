using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>
/// The guest of a network that a command is about, as far as it is known. A name stands for the MAC address that a reservation or
/// a port ties to it: any guest may call itself so in DHCP, and only where nothing ties the name does that count.
/// </summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Mac">Null = only known by what it calls itself.</param>
internal sealed record GuestOnNetwork(string Text, MacAddress? Mac)
{
    /// <summary>A name may be on a port that has thousands of neighbours: so many questions are on their way at once.</summary>
    private const int PortsAtOnce = 64;

    /// <summary>It was named, not addressed.</summary>
    public string? Name => MacAddress.TryParse(Text, out _) ? null : Text;

    public static async Task<GuestOnNetwork> FindAsync(
        CommandContext context, NetworkRef network, string text, CancellationToken cancellationToken)
    {
        if (MacAddress.TryParse(text, out MacAddress given))
        {
            return new GuestOnNetwork(text, given);
        }

        NetworkDefinition definition = NetworkXml.Parse(
            await context.Networks.GetXmlAsync(network, flags: 0, cancellationToken)).Definition;
        return new GuestOnNetwork(text, ReservedFor(definition, text) ?? await OnPortAsync(context, network, text, cancellationToken));
    }

    /// <summary>Whether it holds this lease.</summary>
    public bool Holds(DhcpLease lease) => Mac is { } mac
        ? MacAddress.TryParse(lease.Mac, out MacAddress holder) && holder == mac
        : string.Equals(lease.Hostname, Text, StringComparison.OrdinalIgnoreCase);

    private static MacAddress? ReservedFor(NetworkDefinition definition, string name)
    {
        foreach (DhcpHost host in definition.Ips.SelectMany(ip => ip.Hosts))
        {
            if (string.Equals(host.Name, name, StringComparison.OrdinalIgnoreCase) && MacAddress.TryParse(host.Mac, out MacAddress mac))
            {
                return mac;
            }
        }

        return null;
    }

    /// <exception cref="CommandFailure">It has several interfaces on the network.</exception>
    private static async Task<MacAddress?> OnPortAsync(
        CommandContext context, NetworkRef network, string name, CancellationToken cancellationToken)
    {
        if (!await context.Networks.IsActiveAsync(network, cancellationToken))
        {
            return null;
        }

        HashSet<MacAddress> found = [];
        foreach (NetworkPortRef[] some in (await context.Networks.ListPortsAsync(network, flags: 0, cancellationToken)).Chunk(PortsAtOnce))
        {
            foreach (string? xml in await Task.WhenAll(some.Select(port => XmlOfAsync(context.Networks, port, cancellationToken))))
            {
                XElement? port = xml is null ? null : XElement.Parse(xml);
                if (port?.Element("owner")?.Element("name")?.Value == name
                    && MacAddress.TryParse(port.Element("mac")?.Attribute("address")?.Value, out MacAddress mac))
                {
                    found.Add(mac);
                }
            }
        }

        return found.Count <= 1
            ? found.Count == 0 ? null : found.Single()
            : throw new CommandFailure($"guest '{name}' has several interfaces on network {network.Name}")
            {
                Hints = [$"name one by its MAC address: {string.Join(", ", found.Select(mac => mac.ToString()).Order())}"],
            };
    }

    private static async Task<string?> XmlOfAsync(INetworkDriver driver, NetworkPortRef port, CancellationToken cancellationToken)
    {
        try
        {
            return await driver.GetPortXmlAsync(port, flags: 0, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetworkPort)
        {
            return null; // it was unplugged in between
        }
    }
}
