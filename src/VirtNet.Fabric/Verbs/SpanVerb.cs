using System.Net;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Definitions;
using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Verbs;

/// <summary>A network of the fabric: who gives out which of its addresses, and how many are in use.</summary>
internal static class SpanVerb
{
    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments arguments = VerbArguments.Parse("span", words, maxWords: 1, flags: [], values: []);
        if (arguments.Words is not [var name])
        {
            throw new UsageException("span needs the name or UUID of a network");
        }

        FabricView view = await context.ReadFabricAsync(context.Options, FabricKeys.All, cancellationToken);
        SharedNetwork network = view.Networks.Values.Select(stored => stored.Network)
            .FirstOrDefault(network => network.Name == name || $"{network.Uuid}" == name)
            ?? throw new FabricException($"the fabric has no network {name}");
        JsonFabricSpan span = new(
            network.Name, network.Uuid, network.Vni,
            [.. MembersOf(view, network).OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => MemberOf(view, network.Uuid, member))],
            [.. BlocksOf(view, network.Uuid)]);
        if (context.Json)
        {
            context.WriteDocument("span", span, VerbJson.Default.JsonFabricSpan);
        }
        else
        {
            Print(context, span);
        }

        return 0;
    }

    private static IEnumerable<Member> MembersOf(FabricView view, SharedNetwork network) =>
        SpanDefinition.TryRead(network.Xml) is { } definition
            ? view.Members.Values.Where(member => definition.IsFor(member.Name))
            : view.Members.Values;

    private static JsonSpanMember MemberOf(FabricView view, Guid network, Member member) => new(
        member.Name, member.Address, view.Alive.Contains(member.Name) ? "up" : "down",
        view.LeasesOf(network).Values.Where(lease => lease.Lease.Host == member.Name).Select(lease => lease.Lease.Mac ?? lease.Lease.ClientId)
            .Distinct().Count());

    private static IEnumerable<JsonSpanBlock> BlocksOf(FabricView view, Guid network)
    {
        foreach ((IPAddress first, string host) in (view.Blocks.GetValueOrDefault(network) ?? []).OrderBy(block => block.Key, AddressBlock.InOrder))
        {
            AddressBlock block = AddressBlock.At(first);
            yield return new JsonSpanBlock($"{block.First}", $"{block.Last}", host, block.Count, view.LeasesOf(network).Keys.Count(block.Contains));
        }
    }

    private static void Print(VerbContext context, JsonFabricSpan span)
    {
        context.WriteTable(
            ["Host", "Address", "State", "Guests"],
            [.. span.Members.Select(member => (string[])[member.Name, member.Address, member.State, $"{member.Guests}"])]);
        context.Output.WriteLine();
        context.WriteTable(
            ["Addresses", "Host", "Used"],
            [.. span.Blocks.Select(block => (string[])[$"{block.First}-{block.Last}", block.Host, $"{block.Used} of {block.Size}"])]);
    }
}
