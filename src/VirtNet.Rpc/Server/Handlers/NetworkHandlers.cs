using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>Calls about one network: each hands its arguments to the driver.</summary>
internal static class NetworkHandlers
{
    public static void AddTo(ProcedureTable table)
    {
        AddLookups(table);
        AddDefinitions(table);
        AddStates(table);
        AddChanges(table);
    }

    private static void AddLookups(ProcedureTable table)
    {
        table.Add(Precondition.Open, RemoteProcedures.LookupByName, async (context, arguments, token) =>
            new NetworkMessage(await context.Driver.LookupByNameAsync(arguments.Value, token)));
        table.Add(Precondition.Open, RemoteProcedures.LookupByUuid, async (context, arguments, token) =>
            new NetworkMessage(await context.Driver.LookupByUuidAsync(arguments.Value, token)));
        table.Add(Precondition.Open, RemoteProcedures.GetXml, async (context, arguments, token) =>
            new StringMessage(await context.Driver.GetXmlAsync(arguments.Network, arguments.Flags, token)));
        table.Add(Precondition.Open, RemoteProcedures.GetBridgeName, async (context, arguments, token) =>
            new StringMessage(await context.Driver.GetBridgeNameAsync(arguments.Network, token)));
        table.Add(Precondition.Open, RemoteProcedures.GetMetadata, async (context, arguments, token) =>
            new StringMessage(await context.Driver.GetMetadataAsync(
                arguments.Network, arguments.Type, arguments.Uri, arguments.Flags, token)));
        table.Add(Precondition.Open, RemoteProcedures.GetLeases, GetLeasesAsync);
    }

    private static void AddDefinitions(ProcedureTable table)
    {
        table.Add(Precondition.Open, RemoteProcedures.DefineXml, async (context, arguments, token) =>
            new NetworkMessage(await context.Driver.DefineAsync(arguments.Xml, flags: 0, token)));
        table.Add(Precondition.Open, RemoteProcedures.DefineXmlFlags, async (context, arguments, token) =>
            new NetworkMessage(await context.Driver.DefineAsync(arguments.Xml, arguments.Flags, token)));
        table.Add(Precondition.Open, RemoteProcedures.CreateXml, async (context, arguments, token) =>
            new NetworkMessage(await context.Driver.CreateAsync(arguments.Xml, flags: 0, token)));
        table.Add(Precondition.Open, RemoteProcedures.CreateXmlFlags, async (context, arguments, token) =>
            new NetworkMessage(await context.Driver.CreateAsync(arguments.Xml, arguments.Flags, token)));
    }

    private static void AddStates(ProcedureTable table)
    {
        table.Add(Precondition.Open, RemoteProcedures.IsActive, async (context, arguments, token) =>
            new BooleanMessage(await context.Driver.IsActiveAsync(arguments.Network, token)));
        table.Add(Precondition.Open, RemoteProcedures.IsPersistent, async (context, arguments, token) =>
            new BooleanMessage(await context.Driver.IsPersistentAsync(arguments.Network, token)));
        table.Add(Precondition.Open, RemoteProcedures.GetAutostart, async (context, arguments, token) =>
            new BooleanMessage(await context.Driver.GetAutostartAsync(arguments.Network, token)));
    }

    private static void AddChanges(ProcedureTable table)
    {
        table.Add(Precondition.Open, RemoteProcedures.Start, (context, arguments, token) =>
            Nothing.After(context.Driver.StartAsync(arguments.Network, token)));
        table.Add(Precondition.Open, RemoteProcedures.Destroy, (context, arguments, token) =>
            Nothing.After(context.Driver.DestroyAsync(arguments.Network, token)));
        table.Add(Precondition.Open, RemoteProcedures.Undefine, (context, arguments, token) =>
            Nothing.After(context.Driver.UndefineAsync(arguments.Network, token)));
        table.Add(Precondition.Open, RemoteProcedures.SetAutostart, (context, arguments, token) =>
            Nothing.After(context.Driver.SetAutostartAsync(arguments.Network, arguments.Autostart, token)));
        table.Add(Precondition.Open, RemoteProcedures.Update, (context, arguments, token) =>
            Nothing.After(context.Driver.UpdateAsync(arguments.Network, arguments.Request, token)));
        table.Add(Precondition.Open, RemoteProcedures.SetMetadata, (context, arguments, token) =>
            Nothing.After(context.Driver.SetMetadataAsync(arguments.Network, arguments.Change, token)));
    }

    private static async Task<LeasesResult> GetLeasesAsync(
        CallContext context, GetLeasesArguments arguments, CancellationToken cancellationToken)
    {
        IReadOnlyList<DhcpLease> leases = await context.Driver.GetDhcpLeasesAsync(
            arguments.Network, arguments.Mac, arguments.Flags, cancellationToken);
        return leases.Count > RpcLimits.Leases
            ? throw ServerErrors.TooManyItems("leases", leases.Count, RpcLimits.Leases)
            : new LeasesResult(arguments.NeedResults ? leases : [], (uint)leases.Count);
    }
}
