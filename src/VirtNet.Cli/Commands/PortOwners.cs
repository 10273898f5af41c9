using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Who is on a port, as its XML says.</summary>
internal sealed record PortOwner(Guid Port, string? Name, string? Mac);

/// <summary>Who is on the ports of a network.</summary>
internal static class PortOwners
{
    /// <summary>A network may have thousands of ports: so many questions are on their way at once.</summary>
    private const int AtOnce = 64;

    /// <summary>In the order in which the network lists its ports.</summary>
    public static async Task<IReadOnlyList<PortOwner>> ReadAsync(
        INetworkDriver driver, NetworkRef network, CancellationToken cancellationToken)
    {
        List<PortOwner> owners = [];
        foreach (NetworkPortRef[] some in (await driver.ListPortsAsync(network, flags: 0, cancellationToken)).Chunk(AtOnce))
        {
            PortOwner?[] found = await Task.WhenAll(some.Select(port => ReadAsync(driver, port, cancellationToken)));
            owners.AddRange(found.OfType<PortOwner>());
        }

        return owners;
    }

    /// <returns>Null where it was unplugged in between.</returns>
    private static async Task<PortOwner?> ReadAsync(INetworkDriver driver, NetworkPortRef port, CancellationToken cancellationToken)
    {
        try
        {
            XElement xml = XElement.Parse(await driver.GetPortXmlAsync(port, flags: 0, cancellationToken));
            return new PortOwner(port.Uuid, xml.Element("owner")?.Element("name")?.Value, xml.Element("mac")?.Attribute("address")?.Value);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetworkPort)
        {
            return null;
        }
    }
}
