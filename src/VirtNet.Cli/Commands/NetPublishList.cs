using System.Globalization;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;
using PublicationTarget = VirtNet.Rpc.Driver.PublicationTarget;

namespace VirtNet.Cli.Commands;

/// <summary>What is published, and how it is with it.</summary>
internal static class NetPublishList
{
    private static readonly OptionDefinition Network =
        OptionDefinition.Text("network", "network name or uuid; without it all that run", Candidates.Networks);

    public static CommandDefinition Definition { get; } = new("net-publish-list", "list what is published", RunAsync)
    {
        Description = "List the publications of a network, or of all that run: where each listens and for which clients, who answers, "
            + "how it is with every target, how many connections it has now, and how many came in all since the publication is in force "
            + "in this form, where the host counts them; documents have the bytes too where it counts these (nf_conntrack_acct). A "
            + "target is up, down (it fails its check), unresolved (it has no address yet), draining (its weight is 0) or standby (a "
            + "backup while others are up); of a network that does not run, inactive.",
        Options = [Network, TableOptions.Columns, TableOptions.NoHeader],
        Examples = ["net-publish-list", "net-publish-list lab", "net-publish-list lab --columns listen,target,state"],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef? network = command.Has(Network)
            ? await NetworkArgument.FindAsync(context, command, Network, cancellationToken)
            : null;
        IReadOnlyList<PublicationInForce> publications = await ReadAsync(context, network, cancellationToken)
            .OrFail(network is null ? "Failed to list what is published" : $"Failed to list what network {network.Name} publishes");
        context.WriteList(
            Table(publications),
            command,
            new JsonPublicationList([.. publications.Select(ToJson)]),
            CliJson.Default.JsonPublicationList,
            [.. publications.SelectMany(publication => PublicationText.Notes(publication)
                .Select(note => $"{publication.Network.Name}: {publication.Name ?? PublicationText.Listen(publication)}: {note}"))]);
    }

    private static async Task<IReadOnlyList<PublicationInForce>> ReadAsync(
        CommandContext context, NetworkRef? network, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Session.Connection.Extensions.GetPublicationsAsync(network, PublicationDetail.All, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.OperationInvalid && network is not null)
        {
            string xml = await context.Networks.GetXmlAsync(network, XmlFlags.Inactive, cancellationToken);
            return [.. NetworkExtensionXml.Of(NetworkXml.Parse(xml).Definition).Publications.Select(each => PublicationInForce.Of(network, each))];
        }
    }

    private static TextTable Table(IReadOnlyList<PublicationInForce> publications)
    {
        TextTable table = new(
            new TableColumn("Network", Rank: 2),
            new TableColumn("Name", Rank: 4),
            new TableColumn("Listen"),
            new TableColumn("Open for", Rank: 6),
            new TableColumn("Target") { IsName = true },
            new TableColumn("Address", Rank: 3),
            new TableColumn("State", Rank: 1),
            new TableColumn("Clients", Rank: 8),
            new TableColumn("Now", Rank: 5),
            new TableColumn("In all", Rank: 7));
        foreach (PublicationInForce publication in publications)
        {
            foreach (PublicationTarget target in publication.Targets)
            {
                table.Add(
                    publication.Network.Name,
                    publication.Name ?? "-",
                    PublicationText.Listen(publication),
                    PublicationText.Families(publication),
                    PublicationText.Target(target),
                    target.Addresses.Count > 0 ? string.Join(", ", target.Addresses) : "-",
                    target.State.Name(),
                    PublicationText.Clients(publication),
                    Number(target.Open),
                    Number(target.Connections ?? (target == publication.Targets[0] ? publication.Connections : null)));
            }
        }

        return table;
    }

    private static string Number(ulong? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static JsonPublication ToJson(PublicationInForce publication) => new(
        publication.Network.ToJson(),
        publication.Name,
        PublicationText.Listen(publication),
        publication.Address,
        publication.Protocol,
        publication.Ports,
        publication.Ipv4,
        publication.Ipv6,
        publication.Interface,
        publication.From,
        publication.Balance,
        publication.Check,
        publication.Connections,
        [.. publication.Targets.Select(target => new JsonPublicationTarget(
            target.Guest,
            target.Host,
            target.Addresses,
            target.Ports,
            target.Weight,
            target.Backup,
            target.State.Name(),
            target.Reason,
            target.Connections,
            target.Open,
            target.Octets))],
        publication.Warnings);
}
