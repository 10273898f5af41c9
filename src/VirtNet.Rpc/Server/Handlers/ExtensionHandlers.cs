using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>virtnet's own program, see <see cref="VirtNetProcedures"/>.</summary>
internal static class ExtensionHandlers
{
    private const uint OnlyServices = 1;

    public static void AddTo(ProcedureTable table)
    {
        table.Add(Precondition.Open, VirtNetProcedures.Plan, PlanAsync);
        table.Add(Precondition.Open, VirtNetProcedures.ReleaseLeases, ReleaseLeasesAsync);
        table.Add(Precondition.Open, VirtNetProcedures.RegisterLeaseEvents, (context, arguments, _) =>
            Task.FromResult(new Int32Message(context.Hub.RegisterLeases(context.Events, context.Share, arguments.Network))));
        table.Add(Precondition.Open, VirtNetProcedures.GetCounters, async (context, arguments, cancellationToken) =>
            new CountersResult(await context.Extensions.GetCountersAsync(arguments.Network, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.GetWarnings, GetWarningsAsync);
        table.Add(Precondition.Open, VirtNetProcedures.Redefine, RedefineAsync);
        table.Add(Precondition.Open, VirtNetProcedures.GetConditions, async (context, arguments, cancellationToken) =>
            new ConditionsResult(await context.Extensions.GetConditionsAsync(arguments.Network, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.FindSubnet, FindSubnetAsync);
        table.Add(Precondition.Open, VirtNetProcedures.Reconnect, async (context, arguments, cancellationToken) =>
            new StringMessage(await context.Extensions.ReconnectAsync(arguments.Network, arguments.Mac, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.GetStatus, async (context, _, cancellationToken) =>
            new StatusResult(await context.Extensions.GetStatusAsync(cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.GetMetrics, async (context, arguments, cancellationToken) =>
            new StringMessage(await context.Extensions.GetMetricsAsync(arguments.Network, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.SetLogLevel, async (context, arguments, cancellationToken) =>
            new StringMessage(await context.Extensions.SetLogLevelAsync(arguments.Level, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.Rename, async (context, arguments, cancellationToken) =>
            new NetworkMessage(await context.Extensions.RenameAsync(arguments.Network, arguments.Name, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.GetPublications, async (context, arguments, cancellationToken) =>
            new PublicationsResult(await context.Extensions.GetPublicationsAsync(arguments.Network, arguments.Detail, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.ImportLeases, async (context, arguments, cancellationToken) =>
            new Int32Message(await context.Extensions.ImportLeasesAsync(
                arguments.Network, arguments.Leases, arguments.ServerDuid, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.Adopt, AdoptAsync);
        table.Add(Precondition.Open, VirtNetProcedures.LetGo, LetGoAsync);
        table.Add(Precondition.Open, VirtNetProcedures.ShareLeases, ShareLeasesAsync);
        table.Add(Precondition.Open, VirtNetProcedures.GetSharedLeases, async (context, arguments, cancellationToken) =>
            new SharedLeasesResult(await context.Extensions.GetSharedLeasesAsync(arguments.Network, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.KeepLinked, (context, arguments, cancellationToken) =>
            Nothing.After(OfRoot(context, VirtNetProcedures.KeepLinked.ApiName).KeepLinkedAsync(arguments.Seconds, arguments.Outage, cancellationToken)));
        table.Add(Precondition.Open, VirtNetProcedures.TellShared, (context, arguments, cancellationToken) =>
            Nothing.After(OfRoot(context, VirtNetProcedures.TellShared.ApiName).TellSharedAsync(arguments.Network, arguments.Obstacle, cancellationToken)));
    }

    /// <summary>Who may only read keeps nothing from others.</summary>
    private static async Task<FindSubnetResult> FindSubnetAsync(
        CallContext context, FindSubnetArguments arguments, CancellationToken cancellationToken) =>
        new(await context.Extensions.FindSubnetAsync(
            arguments.Question with { Hold = arguments.Question.Hold && !context.Session.IsReadOnly }, cancellationToken));

    private static async Task<NetworkMessage> AdoptAsync(
        CallContext context, AdoptArguments arguments, CancellationToken cancellationToken) =>
        new(await OfRoot(context, VirtNetProcedures.Adopt.ApiName).AdoptAsync(
            arguments.Network, arguments.LiveXml, arguments.BridgeIndex, arguments.BridgeMac, cancellationToken));

    private static async Task<LeasesResult> LetGoAsync(
        CallContext context, NetworkFlagsArguments arguments, CancellationToken cancellationToken)
    {
        if ((arguments.Flags & ~OnlyServices) is not 0 and uint unknown)
        {
            throw VirtNetException.UnsupportedFlags(unknown, VirtNetProcedures.LetGo.ApiName);
        }

        IReadOnlyList<DhcpLease> leases = await OfRoot(context, VirtNetProcedures.LetGo.ApiName).LetGoAsync(
            arguments.Network, arguments.Flags == OnlyServices, cancellationToken);
        return new LeasesResult(leases, (uint)leases.Count);
    }

    private static Task<Nothing> ShareLeasesAsync(
        CallContext context, ShareLeasesArguments arguments, CancellationToken cancellationToken)
    {
        if ((arguments.Flags & ~ShareLeasesArguments.All) is not 0 and uint unknown)
        {
            throw VirtNetException.UnsupportedFlags(unknown, VirtNetProcedures.ShareLeases.ApiName);
        }

        return Nothing.After(OfRoot(context, VirtNetProcedures.ShareLeases.ApiName)
            .ShareLeasesAsync(arguments.Network, arguments.Sharing, cancellationToken));
    }

    /// <summary>What concerns links of other programs, or guests of other hosts, is not for everybody who may change networks.</summary>
    private static IVirtNetExtensions OfRoot(CallContext context, string call) => context.Share.UserId == 0
        ? context.Extensions
        : throw new VirtNetException(VirErrorCode.OperationDenied, $"operation {call} forbidden: only root may do that");

    private static async Task<PlanResult> PlanAsync(
        CallContext context, PlanArguments arguments, CancellationToken cancellationToken) =>
        new(await context.Extensions.PlanAsync(Checked(arguments).Name, arguments.Xml, cancellationToken));

    private static async Task<WarningsResult> GetWarningsAsync(
        CallContext context, PlanArguments arguments, CancellationToken cancellationToken) =>
        new(await context.Extensions.GetWarningsAsync(Checked(arguments).Name, arguments.Xml, cancellationToken));

    private static PlanArguments Checked(PlanArguments arguments) =>
        (arguments.Name is null) == (arguments.Xml is null)
            ? throw VirtNetException.InvalidArgument("the name of a network or a definition is needed, not both")
            : arguments;

    private static async Task<LeasesResult> ReleaseLeasesAsync(
        CallContext context, ReleaseLeasesArguments arguments, CancellationToken cancellationToken)
    {
        if ((arguments.Mac is null) == (arguments.Address is null))
        {
            throw VirtNetException.InvalidArgument("leases are released by MAC or by address, not both");
        }

        IReadOnlyList<DhcpLease> ended = await context.Extensions.ReleaseLeasesAsync(
            arguments.Network, arguments.Mac, arguments.Address, cancellationToken);
        return new LeasesResult(ended, (uint)ended.Count);
    }

    private static async Task<RedefineResult> RedefineAsync(
        CallContext context, RedefineArguments arguments, CancellationToken cancellationToken) =>
        new(await context.Extensions.RedefineAsync(arguments.Xml, arguments.Flags, cancellationToken));
}
