using VirtNet.Model;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>
/// Look-ups under a hypervisor's URI of what its lists do not hold. Clients ask for a guest or a pool to learn whether it is there,
/// and go on where it is not: that has an error number of its own, which "not supported" is not.
/// </summary>
internal static class MissingObjectHandlers
{
    private static readonly ObjectKind Guest = new(VirErrorCode.NoDomain, VirErrorDomain.Qemu, "Domain not found: no domain");
    private static readonly ObjectKind Pool = new(VirErrorCode.NoStoragePool, VirErrorDomain.Storage, "Storage pool not found: no storage pool");
    private static readonly ObjectKind Volume = new(VirErrorCode.NoStorageVolume, VirErrorDomain.Storage, "Storage volume not found: no storage vol");
    private static readonly ObjectKind Device = new(VirErrorCode.NoNodeDevice, VirErrorDomain.NodeDevice, "Node device not found: no node device");
    private static readonly ObjectKind Filter = new(VirErrorCode.NoNwFilter, VirErrorDomain.NwFilter, "Network filter not found: no nwfilter");
    private static readonly ObjectKind Secret = new(VirErrorCode.NoSecret, VirErrorDomain.Secret, "Secret not found: no secret");

    private static readonly ObjectKind FilterBinding = new(
        VirErrorCode.NoNwFilterBinding, VirErrorDomain.NwFilter, "Network filter binding not found: no nwfilter binding", By: "for");

    public static void AddTo(ProcedureTable table)
    {
        Add<Int32Message>(table, 22, Guest, arguments => $"id {arguments.Value}");
        Add<StringMessage>(table, 23, Guest, arguments => $"name '{arguments.Value}'");
        Add<UuidMessage>(table, 24, Guest, arguments => $"uuid '{arguments.Value}'");
        Add<StringMessage>(table, 84, Pool, arguments => $"name '{arguments.Value}'");
        Add<UuidMessage>(table, 85, Pool, arguments => $"uuid '{arguments.Value}'");
        Add<StringMessage>(table, 391, Pool, arguments => $"target path '{arguments.Value}'");
        Add<StringMessage>(table, 96, Volume, arguments => $"key {arguments.Value}");
        Add<StringMessage>(table, 97, Volume, arguments => $"path '{arguments.Value}'");
        Add<StringMessage>(table, 113, Device, arguments => $"name '{arguments.Value}'");
        Add<UuidMessage>(table, 141, Secret, arguments => $"uuid '{arguments.Value}'");
        Add<StringMessage>(table, 175, Filter, arguments => $"name '{arguments.Value}'");
        Add<UuidMessage>(table, 176, Filter, arguments => $"uuid '{arguments.Value}'");
        Add<StringMessage>(table, 397, FilterBinding, arguments => $"port dev '{arguments.Value}'");
    }

    private static void Add<TArguments>(ProcedureTable table, int number, ObjectKind kind, Func<TArguments, string> describe)
        where TArguments : IXdrMessage<TArguments>
    {
        Procedure<TArguments, Nothing> procedure =
            new(RpcPrograms.Remote, number, RemoteApiNames.ByProcedure[number], CallKind.Query);
        table.Add(Precondition.HypervisorOpen, procedure, (context, arguments, _) => Task.FromException<Nothing>(
            context.Session.Opened!.IsHypervisor
                ? new VirtNetException(kind.Code, $"{kind.Text} {kind.By} {describe(arguments)}", kind.Domain)
                : UnsupportedProcedure.Refusal(procedure.ApiName)));
    }

    /// <summary>Something that a host of virtnet's has none of, in libvirt's words.</summary>
    private sealed record ObjectKind(VirErrorCode Code, VirErrorDomain Domain, string Text, string By = "with matching");
}
