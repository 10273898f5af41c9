using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Verbs;

/// <summary>The members of the fabric; from etcd, or where that cannot be asked those that were known last.</summary>
internal static class ListVerb
{
    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments.Parse("list", words, maxWords: 0, flags: [], values: []);
        FabricOptions options = context.Options;
        DaemonStatus? status = DaemonStatus.Read(context.Paths.Status);
        JsonMembers members = await ReadAsync(context, options, status, cancellationToken);
        if (context.Json)
        {
            context.WriteDocument("list", members, VerbJson.Default.JsonMembers);
        }
        else
        {
            context.WriteTable(
                ["Name", "Address", "State", "Version"],
                [.. members.Members.Select(member => (string[])[member.Name + (member.IsThisHost ? " (this host)" : ""), member.Address, member.State, member.Version])]);
        }

        return 0;
    }

    private static async Task<JsonMembers> ReadAsync(
        VerbContext context, FabricOptions options, DaemonStatus? status, CancellationToken cancellationToken)
    {
        string self = options.Name ?? status?.Name ?? "";
        try
        {
            await using EtcdStore store = EtcdStore.Open(options, context.Time);
            FabricView view = FabricView.Of(await store.ReadAsync(FabricKeys.All, cancellationToken));
            return new JsonMembers("now", [.. Order(view.Members.Values).Select(member => Row(member, view.Alive.Contains(member.Name) ? "up" : "down"))]);
        }
        catch (StoreUnavailableException e) when (status is not null)
        {
            await context.Error.WriteLineAsync($"warning: {e.Message}: these members were known last");
            return new JsonMembers("last", [.. Order(status.Members).Select(member => Row(member, "unknown"))]);
        }

        JsonMember Row(Member member, string state) => new(member.Name, member.Address, state, member.Version, member.Name == self);
    }

    private static IOrderedEnumerable<Member> Order(IEnumerable<Member> members) => members.OrderBy(member => member.Name, StringComparer.Ordinal);
}
