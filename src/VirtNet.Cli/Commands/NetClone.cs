using System.Xml.Linq;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Cli.Properties;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Another network like one that there is.</summary>
internal static class NetClone
{
    private static readonly OptionDefinition Name = OptionDefinition.Argument("name", "the name of the new network");

    private static readonly OptionDefinition Subnet4 = OptionDefinition.NamedText(
        "subnet", "other IPv4 addresses: a subnet, or auto; with auto other IPv6 addresses, too", Candidates.Subnets);

    public static CommandDefinition Definition { get; } = new("net-clone", "make a network like another one", RunAsync)
    {
        Description = "Define a new network with the definition of another one. It gets a UUID, a MAC address and a bridge of its own. "
            + "With --subnet also other addresses: the gateway, DHCP ranges, reservations, DNS hosts and routes that lie inside keep "
            + "their places in the subnet. Without, both have the same ones, and only one of them can run at a time. What the other one "
            + "publishes stays its own.",
        Options = [NetworkArgument.Any, Name, Subnet4],
        Examples = ["net-clone lab lab2 --subnet auto", "net-clone lab lab2 --subnet 10.9.0.0/24"],
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef source = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string name = command.Required(Name);
        string failure = $"Failed to clone network {source.Name}";
        uint flags = await context.Networks.IsPersistentAsync(source, cancellationToken) ? XmlFlags.Inactive : 0;
        string xml = await context.Networks.GetXmlAsync(source, flags, cancellationToken);
        EditedXml clone = new(xml);
        XElement root = clone.Root;
        MakeAnother(root, name, NetworkXml.Parse(xml).Definition.OwnsBridge);
        bool published = RemoveParts(root, "publish");
        bool spans = RemoveParts(root, "span");
        string? warning = null;
        if (command.Text(Subnet4) is { } subnet)
        {
            warning = await MoveAsync(context, root, subnet, failure, cancellationToken);
        }

        NetworkRef network = await context.Networks.DefineAsync(clone.ToString(), flags: 0, cancellationToken).OrFail(failure);
        IReadOnlyList<string> warnings =
        [
            .. warning is null ? (string[])[] : [warning],
            .. await ServerWarnings.ReadAlwaysAsync(context, network, cancellationToken),
        ];
        string? addresses = NetworkProperties.Get("subnet").Get(root);
        context.CompleteWarning(
            $"Network {network.Name} cloned from {source.Name}{(addresses is null ? "" : $" with {addresses}")}\n",
            new JsonNewNetwork(
                network.Name,
                network.Uuid,
                Active: false,
                Autostart: false,
                await NetInfo.BridgeAsync(context.Networks, network, cancellationToken),
                addresses,
                NetworkProperties.Get("ipv6.subnet").Get(root),
                warnings),
            CliJson.Default.JsonNewNetwork,
            [
                .. published ? [$"what {source.Name} publishes is left out: two networks cannot publish the same place"] : (string[])[],
                .. spans ? [$"the span of {source.Name} is left out: two networks cannot have the same VNI"] : (string[])[],
            ]);
        ServerWarnings.Write(context, warnings);
    }

    /// <summary>Leaves open what is made up for each network; a bridge of the host serves any number of them.</summary>
    private static void MakeAnother(XElement root, string name, bool ownsBridge)
    {
        root.SetElementValue("name", name);
        root.Element("uuid")?.Remove();
        root.Element("mac")?.Remove();
        if (ownsBridge)
        {
            root.Element("bridge")?.Attribute("name")?.Remove();
        }
    }

    /// <summary>Of the extension, what only the original can have.</summary>
    /// <returns>Whether there was any.</returns>
    private static bool RemoveParts(XElement root, string name)
    {
        XNamespace ns = NetworkExtension.Namespace;
        XElement[] parts = [.. root.Elements("metadata").Elements(ns + "network").Elements(ns + name)];
        foreach (XElement part in parts)
        {
            Remove(part);
        }

        return parts.Length > 0;
    }

    /// <summary>With the line that it stands in, and what it leaves empty.</summary>
    private static void Remove(XElement part)
    {
        XElement? parent = part.Parent;
        if (part.PreviousNode is XText { Value: var blank } before && string.IsNullOrWhiteSpace(blank))
        {
            before.Remove();
        }

        part.Remove();
        if (parent is { HasElements: false, Name.LocalName: "network", Parent.Name.LocalName: "metadata" } || parent is { HasElements: false, Name.LocalName: "metadata" })
        {
            Remove(parent);
        }
    }

    /// <summary>The subnet that is named takes the place of the first one; auto does so with each.</summary>
    /// <returns>What may stand against it some day; null = nothing is known.</returns>
    private static async Task<string?> MoveAsync(
        CommandContext context, XElement root, string subnet, string failure, CancellationToken cancellationToken)
    {
        XElement[] ips = [.. root.Elements("ip").Where(ip => SubnetMove.RangeOf(ip) is not null)];
        if (XmlPlace.Find(root, XmlPlace.Ipv4) is not { } first)
        {
            throw new CommandFailure($"{failure}: it has no IPv4 subnet to change");
        }

        bool isAuto = SubnetChoice.IsAuto(subnet);
        string? warning = null;
        foreach (XElement ip in isAuto ? ips : [first])
        {
            System.Net.IPNetwork range = SubnetMove.RangeOf(ip)!.Value;
            bool ipv6 = range.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            string wanted = subnet == "auto" || (isAuto && ip != first) ? $"auto/{range.PrefixLength}" : subnet;
            SubnetChoice choice = await SubnetChoice.ResolveAsync(
                context, wanted, ipv6, except: null, hold: true, failure, cancellationToken);
            SubnetMove.Apply(root, ip, choice);
            warning ??= choice.Warning;
        }

        return warning;
    }
}
