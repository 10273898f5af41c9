using VirtNet.Daemon.Files;
using VirtNet.Daemon.Networks;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <content>Guest interfaces. Order of checks everywhere: flags, network, port, active.</content>
internal sealed partial class NetworkDriver
{
    private const uint ReclaimPort = 1;
    private const uint ValidatePort = 2;

    public Task<IReadOnlyList<NetworkPortRef>> ListPortsAsync(
        NetworkRef network, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, 0, "networkListAllPorts");
        NetworkActor actor = Find(network);
        NetworkSnapshot snapshot = RequireActive(actor);
        IReadOnlyList<NetworkPortRef> ports =
            [.. snapshot.Ports.Select(port => new NetworkPortRef(actor.Identity, port.Uuid))];
        return Task.FromResult(ports);
    }

    public Task<NetworkPortRef> LookupPortAsync(NetworkRef network, Guid uuid, CancellationToken cancellationToken)
    {
        NetworkActor actor = Find(network);
        return Task.FromResult(new NetworkPortRef(actor.Identity, actor.RequirePort(uuid).Uuid));
    }

    public async Task<NetworkPortRef> CreatePortAsync(
        NetworkRef network, string xml, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, ReclaimPort | ValidatePort, "networkPortCreateXML");
        NetworkActor actor = Find(network);
        if ((flags & ValidatePort) != 0)
        {
            NetworkSchema.ValidatePort(xml);
        }

        NetworkPort request = NetworkPortXml.Parse(xml);
        RequireActive(actor);
        NetworkPort port = await actor.CreatePortAsync(request, (flags & ReclaimPort) != 0, cancellationToken);
        return new NetworkPortRef(actor.Identity, port.Uuid);
    }

    public Task<string> GetPortXmlAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, 0, "networkPortGetXMLDesc");
        return Task.FromResult(NetworkPortXml.Format(Find(port.Network).RequirePort(port.Uuid)));
    }

    public Task DeletePortAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, 0, "networkPortDelete");
        return Find(port.Network).DeletePortAsync(port.Uuid, cancellationToken);
    }

    public Task<IReadOnlyList<TypedParameter>> GetPortParametersAsync(
        NetworkPortRef port, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, 0, "networkPortGetParameters");
        IReadOnlyList<TypedParameter> parameters =
        [
            .. NetworkPortParameters.Get(Find(port.Network).RequirePort(port.Uuid))
                .Select(parameter => new TypedParameter(parameter.Name, parameter.Value)),
        ];
        return Task.FromResult(parameters);
    }

    public Task SetPortParametersAsync(
        NetworkPortRef port, IReadOnlyList<TypedParameter> parameters, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, 0, "networkPortSetParameters");
        List<PortParameter> known = [];
        foreach (TypedParameter parameter in parameters)
        {
            // libvirt takes other types without a word and without effect.
            if (parameter.Value is uint value)
            {
                known.Add(new PortParameter(parameter.Name, value));
            }
        }

        return Find(port.Network).ChangePortAsync(
            port.Uuid,
            (live, existing, before) => NetworkPortParameters.Set(live, existing, before, known),
            cancellationToken);
    }

    private static NetworkSnapshot RequireActive(NetworkActor actor) =>
        actor.Snapshot is { IsActive: true } active
            ? active
            : throw VirtNetException.OperationInvalid($"network '{actor.Identity.Name}' is not active");
}
