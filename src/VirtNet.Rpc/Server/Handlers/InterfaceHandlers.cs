using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>
/// The host's interfaces, for tools that offer bridges and devices to choose from. Under a network daemon's own URI they
/// are not supported, as in stock; under that of an interface daemon or of a hypervisor they may be looked at.
/// </summary>
internal static class InterfaceHandlers
{
    public static void AddTo(ProcedureTable table)
    {
        Add(table, RemoteProcedures.ListInterfaces, List);
        Add(table, RemoteProcedures.ListActiveInterfaces, (interfaces, arguments) =>
            ListNames(interfaces, active: true, arguments.Value));
        Add(table, RemoteProcedures.ListDefinedInterfaces, (interfaces, arguments) =>
            ListNames(interfaces, active: false, arguments.Value));
        Add(table, RemoteProcedures.CountActiveInterfaces, (interfaces, _) =>
            new Int32Message(interfaces.ListByState(active: true).Count));
        Add(table, RemoteProcedures.CountDefinedInterfaces, (interfaces, _) =>
            new Int32Message(interfaces.ListByState(active: false).Count));
        Add(table, RemoteProcedures.LookupInterfaceByName, (interfaces, arguments) =>
            new InterfaceMessage(interfaces.LookupByName(arguments.Value)));
        Add(table, RemoteProcedures.LookupInterfaceByMac, (interfaces, arguments) =>
            new InterfaceMessage(interfaces.LookupByMac(arguments.Value)));
        Add(table, RemoteProcedures.GetInterfaceXml, (interfaces, arguments) =>
            new StringMessage(interfaces.GetXml(arguments.Interface, arguments.Flags)));
        Add(table, RemoteProcedures.IsInterfaceActive, (interfaces, arguments) =>
            new BooleanMessage(interfaces.IsActive(arguments.Interface)));
    }

    private static void Add<TArguments, TResult>(
        ProcedureTable table,
        Procedure<TArguments, TResult> procedure,
        Func<IInterfaceDriver, TArguments, TResult> answer)
        where TArguments : IXdrMessage<TArguments>
        where TResult : IXdrMessage<TResult> =>
        table.Add(Precondition.Open, procedure, (context, arguments, _) => context.Session.Opened!.ShowsInterfaces
            ? Task.FromResult(answer(context.Interfaces, arguments))
            : throw UnsupportedProcedure.Refusal(procedure.ApiName));

    private static InterfaceListResult List(IInterfaceDriver interfaces, ListArguments arguments)
    {
        IReadOnlyList<InterfaceRef> found = interfaces.List(arguments.Flags);
        return found.Count > RpcLimits.Interfaces
            ? throw ServerErrors.TooManyItems("interfaces", found.Count, RpcLimits.Interfaces)
            : new InterfaceListResult(arguments.NeedResults ? found : [], (uint)found.Count);
    }

    private static NamesResult ListNames(IInterfaceDriver interfaces, bool active, int maxNames) => maxNames switch
    {
        > RpcLimits.Interfaces => throw ServerErrors.TooManyNames("REMOTE_INTERFACE_LIST_MAX"),
        < 0 => throw ServerErrors.NegativeNames(),
        _ => new NamesResult([.. interfaces.ListByState(active).Take(maxNames).Select(found => found.Name)]),
    };
}
