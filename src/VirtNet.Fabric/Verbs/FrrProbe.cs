using System.Globalization;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Frr;
using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Verbs;

/// <summary>Whether this host's FRRouting hears from the members that it is to hear from where guests are.</summary>
internal static class FrrProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="neighbours">Members that its bgpd has sessions with.</param>
    /// <returns>Nothing where the fabric has no FRRouting on this host.</returns>
    public static async Task<IReadOnlyList<JsonCheck>> RunAsync(
        VerbContext context, FabricOptions options, IReadOnlyList<Member> neighbours, CancellationToken cancellationToken)
    {
        if (options.Frr == FrrUse.Off)
        {
            return [];
        }

        bool isOwn = options.Frr == FrrUse.Own;

        DateTimeOffset now = context.Time.GetUtcNow();
        List<JsonCheck> checks =
        [
            .. await AskAsync(
                context, "bgp", isOwn ? FabricPaths.Bgpd : FabricPaths.OthersBgpd, FrrReport.BgpAsync,
                $"bgpd does not run, and members are not told where guests are (journalctl -u {(isOwn ? "virtnet-bgpd" : "frr")})",
                sessions => neighbours.Select(neighbour => Check(neighbour, sessions.FirstOrDefault(session => session.Address == neighbour.Address), now)),
                cancellationToken),
        ];
        if (options.Bfd && (isOwn || File.Exists(FabricPaths.OthersBfdd))) // whether the operator has BFD is his to say
        {
            checks.AddRange(await AskAsync(
                context, "bfd", isOwn ? FabricPaths.Bfdd : FabricPaths.OthersBfdd, FrrReport.BfdAsync,
                $"bfdd does not run, and that a member is gone is noticed after 9 s only (journalctl -u {(isOwn ? "virtnet-bfdd" : "frr")})",
                sessions => neighbours.Select(neighbour => Check(neighbour, sessions.FirstOrDefault(session => session.Address == neighbour.Address), now)),
                cancellationToken));
        }

        return checks;
    }

    internal static JsonCheck Check(Member neighbour, FrrSession.Bgp? session, DateTimeOffset now) =>
        new("bgp", neighbour.Name, session is { IsUp: true }, session switch
        {
            null => "bgpd knows no such neighbour: virtnet-fabricd has not told it (journalctl -u virtnet-fabricd)",
            { IsUp: true } => string.Create(CultureInfo.InvariantCulture, $"session for {Spoken(session.Since)}, {session.Routes} routes received"),
            { Since: null } => string.Create(
                CultureInfo.InvariantCulture,
                $"no session yet ({session.State}): bgpd does not run there, or a firewall or another bgp_password is between (TCP {neighbour.Address}:{neighbour.BgpPort})"),
            _ => $"no session for {Spoken(session.Since)} ({session.State}): {session.Reason ?? "bgpd does not say why"}",
        })
        {
            Since = now - session?.Since,
            Routes = session is { IsUp: true } ? session.Routes : null,
        };

    internal static JsonCheck Check(Member neighbour, FrrSession.Bfd? session, DateTimeOffset now) =>
        new("bfd", neighbour.Name, session is { IsUp: true }, session switch
        {
            null => "bfdd knows no such neighbour: bgpd names them to it",
            { IsUp: true } => $"up for {Spoken(session.Since)}",
            _ => $"down for {Spoken(session.Since)}: {session.Reason ?? "no packets of it arrive (UDP 3784), or bfd = no there"}",
        })
        {
            Since = now - session?.Since,
        };

    /// <summary>What a program says of all neighbours; or that it does not run, or answer.</summary>
    private static async Task<IEnumerable<JsonCheck>> AskAsync<T>(
        VerbContext context, string check, string terminal, Func<FrrTerminal, CancellationToken, Task<IReadOnlyList<T>>> question, string absence,
        Func<IReadOnlyList<T>, IEnumerable<JsonCheck>> judge, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Patience, context.Time);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using FrrTerminal? program = await FrrTerminal.OpenAsync(terminal, limit.Token);
            return program is null ? [Failed(absence)] : [.. judge(await question(program, limit.Token))];
        }
        catch (FabricException e)
        {
            return [Failed(e.Message)];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [Failed($"{Path.GetFileNameWithoutExtension(terminal)} does not answer within {Patience.TotalSeconds:F0} s")];
        }

        JsonCheck Failed(string reason) => new(check, "this host", false, reason);
    }

    private static string Spoken(TimeSpan? time) => time switch
    {
        null => "an unknown time",
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.Value.TotalSeconds:F0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.Value.TotalMinutes:F0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.Value.TotalHours:F0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.Value.TotalDays:F0} days"),
    };
}
