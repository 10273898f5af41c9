using VirtNet.Rpc.Driver;

namespace VirtNet.Rpc.Server;

/// <summary>What the calls of one connection work with.</summary>
/// <param name="Share">What the client's user holds.</param>
/// <param name="Events">Where events for this connection go.</param>
/// <param name="StartKeepAlive">Allows the server to send PINGs to this client; further calls do nothing.</param>
internal sealed record CallContext(
    ClientSession Session, UserShare Share, ServerServices Services, IEventSink Events, Action StartKeepAlive)
{
    public RpcServerOptions Options => Services.Options;

    public INetworkDriver Driver => Services.Driver;

    public IInterfaceDriver Interfaces => Services.Interfaces;

    public IVirtNetExtensions Extensions => Services.Extensions;

    public EventHub Hub => Services.Hub;
}
