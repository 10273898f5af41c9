using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Verbs;

/// <summary>
/// Through which members the others' bgpd hear from each other, where each from each would be too many sessions: shows them, or has all
/// members follow others.
/// </summary>
internal static class ReflectorsVerb
{
    /// <summary>Each of them has sessions with all, and all have sessions with each of them.</summary>
    private const int MaxReflectors = 8;

    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments arguments = VerbArguments.Parse("reflectors", words, MaxReflectors, flags: ["--none"], values: []);
        bool ends = arguments.Flags.Contains("--none");
        if (ends && arguments.Words.Count > 0)
        {
            throw new UsageException("reflectors takes names of members, or --none");
        }

        FabricOptions options = context.Options;
        try
        {
            await using EtcdStore store = EtcdStore.Open(options, context.Time);
            StoredRange range = await store.ReadAsync(FabricKeys.All, cancellationToken);
            IReadOnlyList<string> reflectors = ends || arguments.Words.Count > 0
                ? await SetAsync(context, store, range, [.. arguments.Words.Distinct()], cancellationToken)
                : FabricView.Of(range).Reflectors;
            Print(context, reflectors);
            return 0;
        }
        catch (StoreUnavailableException e)
        {
            throw new FabricException(e.Message, e);
        }
    }

    /// <param name="names">None = there are to be none.</param>
    private static async Task<IReadOnlyList<string>> SetAsync(
        VerbContext context, EtcdStore store, StoredRange range, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        FabricView view = FabricView.Of(range);
        foreach (string name in names)
        {
            if (ObjectionTo(view, name) is { } objection)
            {
                throw new FabricException(objection);
            }
        }

        if (names.Count == 1)
        {
            await context.Error.WriteLineAsync($"warning: without {names[0]} members are not told where guests are, and what is sent to them goes to all: name two");
        }

        StoreOutcome outcome = await store.CommitAsync(
            new StoreTransaction(
                [
                    .. names.Select(name => new StoreCondition.Unchanged(FabricKeys.Host(name), RevisionOf(FabricKeys.Host(name)))),
                    new StoreCondition.Unchanged(FabricKeys.Reflectors, RevisionOf(FabricKeys.Reflectors)),
                ],
                [ReflectorList.Write(names)]),
            cancellationToken);
        return outcome.Done ? names : throw new FabricException("the fabric's members changed meanwhile: nothing was changed");

        long RevisionOf(string key) => range.Entries.FirstOrDefault(entry => entry.Key == key)?.ModRevision ?? 0;
    }

    /// <summary>Why a member cannot be one; null = it can.</summary>
    private static string? ObjectionTo(FabricView view, string name) => view.Members.GetValueOrDefault(name) switch
    {
        null => $"the fabric has no member {name}",
        { BgpPort: 0 } => $"member {name} has no FRRouting of the fabric's (frr = off in its fabric.conf)",
        _ when !view.Alive.Contains(name) => $"member {name} is down: it would not follow",
        _ => null,
    };

    private static void Print(VerbContext context, IReadOnlyList<string> reflectors)
    {
        if (context.Json)
        {
            context.WriteDocument("reflectors", new JsonReflectors(reflectors), VerbJson.Default.JsonReflectors);
        }
        else
        {
            context.Output.WriteLine(reflectors.Count == 0
                ? "No member reflects: each has a session of BGP with each"
                : $"Reflectors: {string.Join(", ", reflectors)}");
        }
    }
}
