using System.Globalization;
using System.Net;
using System.Text.Json;
using VirtNet.Cli.Output;
using VirtNet.Model.Publishing;
using VirtNet.Model.Spanning;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>The hosts of a network that spans hosts, and who of them gives out which addresses.</summary>
internal static class NetSpan
{
    public static CommandDefinition Definition { get; } = new("net-span", "show the hosts that a network spans", RunAsync)
    {
        Description = "Show a network's number between the hosts (VNI), the hosts that it spans and how many guests with a lease each has. "
            + "On a host of a fabric also which of them are up, and the blocks of addresses with whose they are and how many of each are "
            + "in use; where hosts are listed in the definition alone, only the guests of this host are known.",
        Options = [NetworkArgument.Any],
        Examples = ["net-span lab", "net-span lab -o json"],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string xml = await context.Networks.GetXmlAsync(network, flags: 0, cancellationToken).OrFail($"Failed to get the definition of {network.Name}");
        NetworkSpan span = NetworkExtensionXml.Of(NetworkXml.Parse(xml).Definition).Span
            ?? throw new CommandFailure($"network '{network.Name}' is this host's alone: its definition has no <vn:span>");
        SharedLeases leases = await LeaseHosts.ReadAsync(context, network, cancellationToken);
        FabricSpan? fabric = leases.Host is null ? null : await AskFabricAsync(context, network, cancellationToken);
        bool isSilent = leases.Host is not null && fabric is null;
        JsonSpan shown = new(
            network.ToJson(), span.Vni == 0 ? null : span.Vni, leases.Host, [.. span.Hosts.Select(host => HostOf(host, fabric))], Guests(leases), fabric?.Blocks);
        if (context.WritesDocuments)
        {
            context.WriteDocument(shown, CliJson.Default.JsonSpan);
        }
        else
        {
            Print(context, shown);
        }

        if (isSilent)
        {
            context.Hints.Say("etcd cannot be asked (by this user): who is up and whose blocks are which is left out");
        }
    }

    /// <returns>Null where it cannot be asked.</returns>
    private static async Task<FabricSpan?> AskFabricAsync(CommandContext context, NetworkRef network, CancellationToken cancellationToken)
    {
        if (await context.Environment.FabricAnswer(["--output", "json", "span", $"{network.Uuid}"], cancellationToken) is not { } answer)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(answer, CliJson.Default.FabricSpanAnswer)?.Result;
        }
        catch (JsonException)
        {
            return null; // it is of another version
        }
    }

    private static JsonSpanHost HostOf(IPAddress address, FabricSpan? fabric)
    {
        FabricMember? member = fabric?.Members.FirstOrDefault(member => member.Address == address.ToString());
        return new JsonSpanHost(address.ToString(), member?.Name, member?.State, member?.Guests);
    }

    /// <summary>As this host knows them: without the fabric its own alone.</summary>
    private static int Guests(SharedLeases leases) =>
        leases.Leases.Where(lease => !lease.HasEnded).Select(lease => lease.Lease.Mac ?? lease.Lease.ClientId).Distinct().Count();

    private static void Print(CommandContext context, JsonSpan span)
    {
        string here = span.ThisHost is { } self ? $" ({self})" : "";
        context.Terminal.Print($"Network: {span.Network.Name}{here}\nVNI:     {(span.Vni is { } vni ? $"{vni}" : "none yet")}\nGuests:  {span.Guests}\n\n");
        TextTable hosts = new(new TableColumn("Host"), new TableColumn("Address"), new TableColumn("State") { IsState = true }, new TableColumn("Guests"));
        foreach (JsonSpanHost host in span.Hosts)
        {
            hosts.Add(host.Name ?? "-", host.Address, host.State ?? "-", host.Guests?.ToString(CultureInfo.InvariantCulture) ?? "-");
        }

        context.Documents.WriteTable(hosts, withHeader: true);
        if (span.Blocks is { Count: > 0 } blocks)
        {
            TextTable table = new(new TableColumn("Addresses"), new TableColumn("Host"), new TableColumn("Used"));
            foreach (JsonSpanBlock block in blocks)
            {
                table.Add($"{block.First}-{block.Last}", block.Host, string.Create(CultureInfo.InvariantCulture, $"{block.Used} of {block.Size}"));
            }

            context.Terminal.Print("\n");
            context.Documents.WriteTable(table, withHeader: true);
        }
    }
}
