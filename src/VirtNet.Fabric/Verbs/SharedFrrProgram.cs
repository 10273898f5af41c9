using System.Net;
using System.Net.Sockets;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Frr;

namespace VirtNet.Fabric.Verbs;

/// <summary>The FRRouting that this host's operator runs, where the fabric has neighbours in that: whether it can, and the end of it.</summary>
internal static class SharedFrrProgram
{
    private const string Question = "show running-config";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Which autonomous system it is.</summary>
    /// <param name="address">Where other members reach this host.</param>
    /// <exception cref="FabricException">The fabric cannot have neighbours in it.</exception>
    public static async Task<uint> ExamineAsync(VerbContext context, string address, CancellationToken cancellationToken)
    {
        BgpdConfiguration configuration = await AskAsync((_, running, _) => Task.FromResult(running), cancellationToken)
            ?? throw new FabricException($"no bgpd runs on this host that could be shared (nobody listens at {FabricPaths.OthersBgpd}): start it, or --frr own");
        if (SharedFrr.ObjectionTo(configuration) is { } objection)
        {
            throw new FabricException($"{objection}: --frr own runs another beside it");
        }

        if (SharedFrr.HasGroup(configuration) && !new SharedFrrNote(context.Paths.SharedFrr).IsThere)
        {
            throw new FabricException($"the bgpd of this host has a peer group {FrrSettings.Group} already, which is not the fabric's");
        }

        if (!await ListensAsync(address, cancellationToken))
        {
            throw new FabricException($"the bgpd of this host does not listen at {address} port {BgpNeighbour.UsualPort} (its options -l and -p): members could not reach it");
        }

        return configuration.Asn!.Value;
    }

    /// <summary>Takes back what the fabric has added.</summary>
    /// <exception cref="FabricException">bgpd refuses.</exception>
    public static async Task EndAsync(VerbContext context, CancellationToken cancellationToken)
    {
        SharedFrrNote note = new(context.Paths.SharedFrr);
        await AskAsync(
            async (bgpd, running, limit) =>
            {
                if (SharedFrr.Removal(running, note.HasSpoken) is { Count: > 0 } lines)
                {
                    await bgpd.ConfigureAsync(lines, limit);
                }

                return running;
            },
            cancellationToken);
        note.Remove();
        await context.Output.WriteLineAsync(
            $"FRRouting of this host has no peer group {FrrSettings.Group} any more; if that was written into its files, write them again (vtysh -c write)");
    }

    /// <returns>Null where no bgpd runs.</returns>
    private static async Task<BgpdConfiguration?> AskAsync(
        Func<FrrTerminal, BgpdConfiguration, CancellationToken, Task<BgpdConfiguration>> then, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        try
        {
            using FrrTerminal? bgpd = await FrrTerminal.OpenAsync(FabricPaths.OthersBgpd, limit.Token);
            return bgpd is null ? null : await then(bgpd, BgpdConfiguration.Parse(await bgpd.AskAsync(Question, limit.Token)), limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FabricException($"the bgpd of this host does not answer within {Patience.TotalSeconds:F0} s", e);
        }
    }

    private static async Task<bool> ListensAsync(string address, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), BgpNeighbour.UsualPort), limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }
}
