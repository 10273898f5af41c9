using VirtNet.Rpc.Server.Handlers;

namespace VirtNet.Rpc.Server.Connections;

/// <summary>All that the server answers.</summary>
internal static class ServedProcedures
{
    public static ProcedureTable Table()
    {
        ProcedureTable table = new();
        AuthenticationHandlers.AddTo(table);
        ConnectionHandlers.AddTo(table);
        NetworkHandlers.AddTo(table);
        NetworkListHandlers.AddTo(table);
        PortHandlers.AddTo(table);
        EventHandlers.AddTo(table);
        InterfaceHandlers.AddTo(table);
        HypervisorHandlers.AddTo(table);
        ExtensionHandlers.AddTo(table);
        return table;
    }
}
