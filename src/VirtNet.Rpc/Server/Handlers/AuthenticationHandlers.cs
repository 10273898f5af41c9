using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>
/// How a client shows that it may use the server. Without an <see cref="IClientAuthority"/> the rights of the socket
/// decide: who can connect needs no further proof, but clients ask all the same.
/// </summary>
internal static class AuthenticationHandlers
{
    private const string ManageAction = "org.libvirt.unix.manage";
    private const string MonitorAction = "org.libvirt.unix.monitor";

    public static void AddTo(ProcedureTable table)
    {
        table.Add(Precondition.None, RemoteProcedures.AuthList, List);
        table.Add(Precondition.None, RemoteProcedures.AuthPolkit, AskAuthorityAsync);

        // SASL is for connections that come over the network
        table.Add(Precondition.None, RemoteProcedures.AuthSaslInit, Refuse);
        table.Add(Precondition.None, RemoteProcedures.AuthSaslStart, Refuse);
        table.Add(Precondition.None, RemoteProcedures.AuthSaslStep, Refuse);
    }

    /// <summary>Asking is all that root has to do.</summary>
    private static Task<AuthListResult> List(
        CallContext context, Nothing arguments, CancellationToken cancellationToken)
    {
        ClientSession session = context.Session;
        if (session.Peer.IsTrusted)
        {
            session.Authenticate();
        }

        return Task.FromResult(new AuthListResult([session.IsAuthenticated ? AuthType.None : AuthType.Polkit]));
    }

    private static async Task<Int32Message> AskAuthorityAsync(
        CallContext context, Nothing arguments, CancellationToken cancellationToken)
    {
        ClientSession session = context.Session;
        if (session.IsAuthenticated || context.Services.Authority is not { } authority)
        {
            throw ServerErrors.AuthenticationFailed();
        }

        string action = session.IsReadOnly ? MonitorAction : ManageAction;
        ClientProcess client = new(session.Peer.ProcessId, session.Peer.UserId);
        switch (await authority.CheckAsync(client, action, cancellationToken))
        {
            case AuthorityAnswer.Authorized:
                session.Authenticate();
                return new Int32Message(1); // complete
            case AuthorityAnswer.NeedsAgent:
                throw ServerErrors.NoAgent(action);
            case AuthorityAnswer.Dismissed:
                throw ServerErrors.AuthenticationDismissed();
            default:
                throw ServerErrors.DeniedByPolicy();
        }
    }

    private static Task<Nothing> Refuse(CallContext context, Nothing arguments, CancellationToken cancellationToken) =>
        throw ServerErrors.AuthenticationFailed();
}
