using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Client;

/// <summary>The calls about network ports.</summary>
public sealed partial class LibvirtConnection
{
    public async Task<IReadOnlyList<NetworkPortRef>> ListPortsAsync(
        NetworkRef network, uint flags, CancellationToken cancellationToken)
    {
        ListPortsArguments arguments = new(network, NeedResults: true, flags);
        return (await CallAsync(RemoteProcedures.ListPorts, arguments, cancellationToken)).Ports;
    }

    public async Task<NetworkPortRef> LookupPortAsync(
        NetworkRef network, Guid uuid, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.LookupPort, new LookupPortArguments(network, uuid), cancellationToken)).Port;

    public async Task<NetworkPortRef> CreatePortAsync(
        NetworkRef network, string xml, uint flags, CancellationToken cancellationToken)
    {
        CreatePortArguments arguments = new(network, xml, flags);
        return (await CallAsync(RemoteProcedures.CreatePort, arguments, cancellationToken)).Port;
    }

    public async Task<string> GetPortXmlAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken) =>
        (await CallAsync(RemoteProcedures.GetPortXml, new PortFlagsArguments(port, flags), cancellationToken)).Value;

    public Task DeletePortAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken) =>
        CallAsync(RemoteProcedures.DeletePort, new PortFlagsArguments(port, flags), cancellationToken);

    public async Task<IReadOnlyList<TypedParameter>> GetPortParametersAsync(
        NetworkPortRef port, uint flags, CancellationToken cancellationToken)
    {
        GetPortParametersArguments arguments = new(port, RpcLimits.PortParameters, flags);
        return (await CallAsync(RemoteProcedures.GetPortParameters, arguments, cancellationToken)).Parameters;
    }

    public Task SetPortParametersAsync(
        NetworkPortRef port, IReadOnlyList<TypedParameter> parameters, uint flags, CancellationToken cancellationToken)
    {
        SetPortParametersArguments arguments = new(port, parameters, flags);
        return CallAsync(RemoteProcedures.SetPortParameters, arguments, cancellationToken);
    }
}
