using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>Registrations for events.</summary>
internal static class EventHandlers
{
    public static void AddTo(ProcedureTable table)
    {
        table.Add(Precondition.Open, RemoteProcedures.RegisterEvent, (context, arguments, _) =>
        {
            int callbackId = context.Hub.Register(context.Events, context.Share, arguments.EventId, arguments.Network);
            return Task.FromResult(new Int32Message(callbackId));
        });
        table.Add(Precondition.Open, RemoteProcedures.DeregisterEvent, (context, arguments, _) =>
        {
            context.Hub.Deregister(context.Events, arguments.Value);
            return Task.FromResult(Nothing.Value);
        });
    }
}
