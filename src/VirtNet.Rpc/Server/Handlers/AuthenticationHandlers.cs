using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>
/// Access is decided by the rights of the socket: who can connect needs no further proof. Clients ask all the same.
/// </summary>
internal static class AuthenticationHandlers
{
    public static void AddTo(ProcedureTable table)
    {
        table.Add(Precondition.None, RemoteProcedures.AuthList, (_, _, _) =>
            Task.FromResult(new AuthListResult([AuthType.None])));
        table.Add(Precondition.None, RemoteProcedures.AuthSaslInit, (_, _, _) => throw ServerErrors.AuthenticationFailed());
        table.Add(Precondition.None, RemoteProcedures.AuthSaslStart, (_, _, _) => throw ServerErrors.AuthenticationFailed());
        table.Add(Precondition.None, RemoteProcedures.AuthSaslStep, (_, _, _) => throw ServerErrors.AuthenticationFailed());
        table.Add(Precondition.None, RemoteProcedures.AuthPolkit, (_, _, _) => throw ServerErrors.AuthenticationFailed());
    }
}
