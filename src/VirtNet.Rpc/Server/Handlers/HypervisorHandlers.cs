using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>
/// What of libvirt's API is not about networks is not supported. But a client that opened us under a hypervisor's URI
/// (<see cref="RpcServerOptions.AcceptHypervisorUris"/>) sees a host on which there is nothing else but its
/// interfaces: no guests, pools, devices, secrets and filters, and hence no events about them.
/// </summary>
internal static class HypervisorHandlers
{
    /// <summary>Numbers of things, lists with a maximum of the caller's, callback ids: one word.</summary>
    private static readonly int[] OneWord =
    [
        21, 25, 37, 51, // domains
        71, 72, 73, 74, // storage pools
        111, 112, // node devices
        139, 140, // secrets
        178, 179, // filters
        105, 106, 316, 368, 374, 380, // event registrations
    ];

    /// <summary>Lists of everything: the list, then its length.</summary>
    private static readonly int[] TwoWords = [273, 281, 285, 286, 287, 401];

    /// <summary>An event registration without an id, and the ends of registrations.</summary>
    private static readonly int[] NoWords = [167, 168, 317, 369, 375, 381];

    public static void AddTo(ProcedureTable table)
    {
        AddToHypervisor(table, RemoteProcedures.HypervisorVersion, context =>
            new UInt64Message(context.Options.LibraryVersion));
        AddToHypervisor(table, RemoteProcedures.NodeInfo, _ => HostDescription.NodeInfo());
        AddToHypervisor(table, RemoteProcedures.Capabilities, _ => new StringMessage(HostDescription.Capabilities()));
        AddToHypervisor(table, RemoteProcedures.Hostname, _ => new StringMessage(Environment.MachineName));
        MissingObjectHandlers.AddTo(table);
        AddEmpty(table, NoWords, words: 0);
        AddEmpty(table, OneWord, words: 1);
        AddEmpty(table, TwoWords, words: 2);
        foreach ((int number, string apiName) in RemoteApiNames.ByProcedure)
        {
            table.TryAdd(RpcPrograms.Remote, number, new UnsupportedProcedure(apiName));
        }
    }

    private static void AddEmpty(ProcedureTable table, int[] numbers, int words)
    {
        ZeroMessage answer = new(words);
        foreach (int number in numbers)
        {
            Procedure<Nothing, ZeroMessage> procedure =
                new(RpcPrograms.Remote, number, RemoteApiNames.ByProcedure[number], CallKind.Query);
            AddToHypervisor(table, procedure, _ => answer);
        }
    }

    private static void AddToHypervisor<TResult>(
        ProcedureTable table, Procedure<Nothing, TResult> procedure, Func<CallContext, TResult> answer)
        where TResult : IXdrMessage<TResult> =>
        table.Add(Precondition.HypervisorOpen, procedure, (context, _, _) => context.Session.Opened!.IsHypervisor
            ? Task.FromResult(answer(context))
            : throw UnsupportedProcedure.Refusal(procedure.ApiName));
}
