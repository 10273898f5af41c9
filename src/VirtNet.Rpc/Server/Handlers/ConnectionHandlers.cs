using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>Calls about the connection itself.</summary>
internal static class ConnectionHandlers
{
    public static void AddTo(ProcedureTable table)
    {
        table.Add(Precondition.Authenticated, RemoteProcedures.Open, Open);
        table.Add(Precondition.Authenticated, RemoteProcedures.Close, (_, _, _) => Task.FromResult(Nothing.Value));
        table.Add(Precondition.Authenticated, RemoteProcedures.SupportsFeature, SupportsFeature);
        table.Add(Precondition.HypervisorOpen, RemoteProcedures.ConnectionType, (context, _, _) =>
            Task.FromResult(new StringMessage(context.Session.Opened!.Type)));
        table.Add(Precondition.HypervisorOpen, RemoteProcedures.ConnectionUri, (context, _, _) =>
            Task.FromResult(new StringMessage(context.Session.Opened!.Name)));
        table.Add(Precondition.HypervisorOpen, RemoteProcedures.IsSecure, (_, _, _) =>
            Task.FromResult(new BooleanMessage(true)));
        table.Add(Precondition.HypervisorOpen, RemoteProcedures.LibraryVersion, (context, _, _) =>
            Task.FromResult(new UInt64Message(context.Options.LibraryVersion)));
        table.Add(Precondition.HypervisorOpen, RemoteProcedures.RegisterCloseCallback, (_, _, _) =>
            Task.FromResult(Nothing.Value)); // its event tells of a hypervisor that went away: ours cannot
        table.Add(Precondition.HypervisorOpen, RemoteProcedures.UnregisterCloseCallback, (_, _, _) =>
            Task.FromResult(Nothing.Value));
        table.Add(Precondition.HypervisorOpen, RemoteProcedures.SetIdentity, SetIdentity);
    }

    private static Task<Nothing> Open(CallContext context, OpenArguments arguments, CancellationToken cancellationToken)
    {
        if (context.Session.Opened is not null)
        {
            throw ServerErrors.AlreadyOpen();
        }

        context.Session.Open(
            OpenedUri.Parse(arguments.Name, context.Options.AcceptHypervisorUris),
            readOnly: (arguments.Flags & OpenArguments.ReadOnlyFlag) != 0);
        return Task.FromResult(Nothing.Value);
    }

    private static Task<BooleanMessage> SupportsFeature(
        CallContext context, Int32Message arguments, CancellationToken cancellationToken)
    {
        var feature = (RemoteFeature)arguments.Value;
        if (feature == RemoteFeature.KeepAlive)
        {
            context.StartKeepAlive();
        }
        else if (context.Session.Opened is null)
        {
            throw ServerErrors.HypervisorNotOpen();
        }

        return Task.FromResult(new BooleanMessage(Enum.IsDefined(feature)));
    }

    /// <summary>
    /// Another daemon of libvirt says on whose behalf it calls. There are no access rules that depend on it, so it is
    /// only remembered; but nobody else may claim to be somebody.
    /// </summary>
    private static Task<Nothing> SetIdentity(
        CallContext context, SetIdentityArguments arguments, CancellationToken cancellationToken)
    {
        UnixPeer peer = context.Session.Peer;
        context.Session.Identity = peer.IsTrusted
            ? ClientIdentity.Check(arguments.Parameters)
            : throw ServerErrors.IdentityNotTrusted(peer.UserId);
        return Task.FromResult(Nothing.Value);
    }
}
