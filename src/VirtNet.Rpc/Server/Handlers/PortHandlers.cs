using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>Calls about the ports of a network: each hands its arguments to the driver.</summary>
internal static class PortHandlers
{
    public static void AddTo(ProcedureTable table)
    {
        table.Add(Precondition.Open, RemoteProcedures.ListPorts, ListAsync);
        table.Add(Precondition.Open, RemoteProcedures.LookupPort, async (context, arguments, token) =>
            new PortMessage(await context.Driver.LookupPortAsync(arguments.Network, arguments.Uuid, token)));
        table.Add(Precondition.Open, RemoteProcedures.CreatePort, async (context, arguments, token) =>
            new PortMessage(await context.Driver.CreatePortAsync(
                arguments.Network, arguments.Xml, arguments.Flags, token)));
        table.Add(Precondition.Open, RemoteProcedures.GetPortXml, async (context, arguments, token) =>
            new StringMessage(await context.Driver.GetPortXmlAsync(arguments.Port, arguments.Flags, token)));
        table.Add(Precondition.Open, RemoteProcedures.DeletePort, (context, arguments, token) =>
            Nothing.After(context.Driver.DeletePortAsync(arguments.Port, arguments.Flags, token)));
        table.Add(Precondition.Open, RemoteProcedures.GetPortParameters, async (context, arguments, token) =>
            new PortParametersResult(await context.Driver.GetPortParametersAsync(
                arguments.Port, arguments.Flags, token)));
        table.Add(Precondition.Open, RemoteProcedures.SetPortParameters, (context, arguments, token) =>
            Nothing.After(context.Driver.SetPortParametersAsync(
                arguments.Port, arguments.Parameters, arguments.Flags, token)));
    }

    private static async Task<PortListResult> ListAsync(
        CallContext context, ListPortsArguments arguments, CancellationToken cancellationToken)
    {
        IReadOnlyList<NetworkPortRef> ports = await context.Driver.ListPortsAsync(
            arguments.Network, arguments.Flags, cancellationToken);
        return ports.Count > RpcLimits.Ports
            ? throw ServerErrors.TooManyItems("network ports", ports.Count, RpcLimits.Ports)
            : new PortListResult(arguments.NeedResults ? ports : [], (uint)ports.Count);
    }
}
