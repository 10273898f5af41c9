using VirtNet.Model;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server;

/// <summary>A call of libvirt's that a network daemon has no driver for.</summary>
internal sealed class UnsupportedProcedure(string apiName)
    : ServerProcedure(apiName, CallKind.Query, Precondition.HypervisorOpen, allowsReadOnly: true)
{
    /// <summary>The arguments do not matter.</summary>
    public override ServerCall Decode(ReadOnlySpan<byte> payload) => new Call(Refusal(ApiName));

    public static VirtNetException Refusal(string apiName) => ServerErrors.NotSupported(apiName, DomainOf(apiName));

    /// <summary>The part of libvirt that a function belongs to, as its errors tell.</summary>
    private static VirErrorDomain DomainOf(string apiName) => apiName switch
    {
        _ when apiName.StartsWith("virDomain", StringComparison.Ordinal) => VirErrorDomain.Domain,
        _ when apiName.Contains("Interface", StringComparison.Ordinal) => VirErrorDomain.Interface,
        _ when apiName.Contains("NWFilter", StringComparison.Ordinal) => VirErrorDomain.NwFilter,
        _ when apiName.Contains("Storage", StringComparison.Ordinal) => VirErrorDomain.Storage,
        _ when apiName.Contains("Secret", StringComparison.Ordinal) => VirErrorDomain.Secret,
        _ when apiName.Contains("Device", StringComparison.Ordinal) => VirErrorDomain.NodeDevice,
        _ => VirErrorDomain.Domain,
    };

    private sealed class Call(VirtNetException refusal) : ServerCall
    {
        public override Task<OutgoingPacket> RunAsync(
            CallContext context, PacketHeader header, CancellationToken cancellationToken) =>
            Task.FromException<OutgoingPacket>(refusal);
    }
}
