using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>
/// net-define --update: a file that leaves open what a network was once given (its UUID, its bridge's name, its MAC address) is
/// the new definition of the network that has its name, if it is of the same origin: a file that names another bridge is about
/// another network, which only has the name in common.
/// </summary>
internal static class KeptIdentity
{
    /// <returns>The document with what it left open; as it is where no network has its name, or it cannot be read.</returns>
    /// <exception cref="CommandFailure">The network of that name is another one.</exception>
    public static async Task<string> ApplyAsync(
        CommandContext context, string file, string xml, CancellationToken cancellationToken)
    {
        if (TryParse(xml) is not { Uuid: null } updated
            || await FindAsync(context.Networks, updated.Name, cancellationToken) is not { } network
            || TryParse(await context.Networks.GetXmlAsync(network, XmlFlags.Inactive, cancellationToken)) is not { } known)
        {
            return xml;
        }

        if (BridgeOf(updated) is { } bridge && bridge != known.BridgeName)
        {
            string where = known.BridgeName is { } other ? $"bridge '{other}'" : "no bridge";
            throw new CommandFailure($"Failed to define network from {file}", VirtNetException.OperationFailed(
                $"network '{updated.Name}' is on {where}, the file names bridge '{bridge}': it may be another network"))
            {
                Hints = [$"<uuid>{network.Uuid}</uuid> in the file says that it is the same one"],
            };
        }

        return Complete(xml, known with { Uuid = network.Uuid });
    }

    /// <summary>Whether that would have helped a document that was refused because of its name.</summary>
    public static bool WouldHelp(string xml, VirtNetException refusal) =>
        refusal.Code == VirErrorCode.OperationFailed
        && refusal.Message.Contains("already exists with uuid", StringComparison.Ordinal)
        && TryParse(xml) is { Uuid: null };

    /// <summary>Only elements are added, behind all others: what is said about the document keeps its place.</summary>
    private static string Complete(string xml, NetworkDefinition known)
    {
        EditedXml completed = new(xml);
        XElement root = completed.Root;
        root.Add(new XElement("uuid", known.Uuid));
        if (known is { OwnsBridge: true, BridgeName: { } name })
        {
            if (root.Element("bridge") is not { } bridge)
            {
                root.Add(bridge = new XElement("bridge"));
            }

            bridge.SetAttributeValue("name", name); // a name that it has is this one, or a template
        }

        if (known.Mac is { } mac && root.Element("mac") is null)
        {
            root.Add(new XElement("mac", new XAttribute("address", mac)));
        }

        return completed.ToString();
    }

    private static string? BridgeOf(NetworkDefinition definition) =>
        definition.BridgeName is { Length: > 0 } name && !name.Contains('%') ? name : null;

    private static async Task<NetworkRef?> FindAsync(INetworkDriver driver, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await driver.LookupByNameAsync(name, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return null;
        }
    }

    /// <summary>Null where the server will say better what is wrong.</summary>
    private static NetworkDefinition? TryParse(string xml)
    {
        try
        {
            return NetworkXml.Parse(xml).Definition;
        }
        catch (VirtNetException)
        {
            return null;
        }
    }
}
