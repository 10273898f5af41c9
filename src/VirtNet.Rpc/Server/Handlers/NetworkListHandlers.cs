using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>Lists and counts of networks, today's call and the four older ones.</summary>
internal static class NetworkListHandlers
{
    // virConnectListAllNetworksFlags
    private const uint Inactive = 1;
    private const uint Active = 2;
    private const uint Persistent = 4;

    /// <summary>What the older calls name "defined": those that could be started.</summary>
    private const uint Defined = Inactive | Persistent;

    public static void AddTo(ProcedureTable table)
    {
        table.Add(Precondition.Open, RemoteProcedures.ListNetworks, ListAsync);
        table.Add(Precondition.Open, RemoteProcedures.ListActiveNames, (context, arguments, token) =>
            ListNamesAsync(context, Active, arguments.Value, token));
        table.Add(Precondition.Open, RemoteProcedures.ListDefinedNames, (context, arguments, token) =>
            ListNamesAsync(context, Defined, arguments.Value, token));
        table.Add(Precondition.Open, RemoteProcedures.CountActive, (context, _, token) =>
            CountAsync(context, Active, token));
        table.Add(Precondition.Open, RemoteProcedures.CountDefined, (context, _, token) =>
            CountAsync(context, Defined, token));
    }

    private static async Task<NetworkListResult> ListAsync(
        CallContext context, ListArguments arguments, CancellationToken cancellationToken)
    {
        IReadOnlyList<NetworkRef> networks = await context.Driver.ListNetworksAsync(arguments.Flags, cancellationToken);
        return networks.Count > RpcLimits.Networks
            ? throw ServerErrors.TooManyItems("networks", networks.Count, RpcLimits.Networks)
            : new NetworkListResult(arguments.NeedResults ? networks : [], (uint)networks.Count);
    }

    private static async Task<NamesResult> ListNamesAsync(
        CallContext context, uint flags, int maxNames, CancellationToken cancellationToken)
    {
        switch (maxNames)
        {
            case > RpcLimits.Networks:
                throw ServerErrors.TooManyNames("REMOTE_NETWORK_LIST_MAX");
            case < 0:
                throw ServerErrors.NegativeNames();
        }

        IReadOnlyList<NetworkRef> networks = await context.Driver.ListNetworksAsync(flags, cancellationToken);
        return new NamesResult([.. networks.Take(maxNames).Select(network => network.Name)]);
    }

    private static async Task<Int32Message> CountAsync(
        CallContext context, uint flags, CancellationToken cancellationToken) =>
        new((await context.Driver.ListNetworksAsync(flags, cancellationToken)).Count);
}
