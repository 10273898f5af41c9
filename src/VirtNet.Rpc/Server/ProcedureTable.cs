using VirtNet.Model;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Server;

/// <summary>What must have been done on a connection before a procedure may be called.</summary>
internal enum Precondition
{
    None,
    Authenticated,

    /// <summary>Opened; libvirt words the refusal of calls about the connection differently from the others'.</summary>
    HypervisorOpen,
    Open,
}

/// <summary>Does a call. What it throws is what the client is told.</summary>
internal delegate Task<TResult> CallHandler<TArguments, TResult>(
    CallContext context, TArguments arguments, CancellationToken cancellationToken);

/// <summary>The procedures that the server knows, by program and number.</summary>
internal sealed class ProcedureTable
{
    private readonly Dictionary<(uint Program, int Number), ServerProcedure> _procedures = [];

    public void Add<TArguments, TResult>(
        Precondition precondition,
        Procedure<TArguments, TResult> procedure,
        CallHandler<TArguments, TResult> handler)
        where TArguments : IXdrMessage<TArguments>
        where TResult : IXdrMessage<TResult> =>
        _procedures.Add(
            (procedure.Program, procedure.Number),
            new ServerProcedure<TArguments, TResult>(precondition, procedure, handler));

    /// <summary>Does nothing if the number is taken.</summary>
    public void TryAdd(uint program, int number, ServerProcedure procedure) =>
        _procedures.TryAdd((program, number), procedure);

    /// <summary>Null when no such procedure exists, not even in libvirt.</summary>
    public ServerProcedure? Find(uint program, int number) => _procedures.GetValueOrDefault((program, number));
}

/// <summary>One entry of the table.</summary>
internal abstract class ServerProcedure(string apiName, CallKind kind, Precondition precondition, bool allowsReadOnly)
{
    public string ApiName => apiName;

    public CallKind Kind => kind;

    /// <summary>Refuses the call if the connection may not make it now. Comes before the arguments' meaning.</summary>
    public void CheckAllowed(ClientSession session)
    {
        if (session.Opened is null && precondition >= Precondition.HypervisorOpen)
        {
            throw precondition == Precondition.Open ? ServerErrors.NotOpen() : ServerErrors.HypervisorNotOpen();
        }

        if (session.IsReadOnly && !allowsReadOnly)
        {
            throw ServerErrors.ReadOnly(apiName);
        }
    }

    public bool NeedsAuthentication => precondition != Precondition.None;

    /// <summary>Null when the payload is not what the procedure takes.</summary>
    public abstract ServerCall? Decode(ReadOnlySpan<byte> payload);
}

/// <summary>A call with its arguments, ready to run.</summary>
internal abstract class ServerCall
{
    /// <exception cref="VirtNetException">What the client is told.</exception>
    public abstract Task<OutgoingPacket> RunAsync(
        CallContext context, PacketHeader header, CancellationToken cancellationToken);
}

internal sealed class ServerProcedure<TArguments, TResult>(
    Precondition precondition, Procedure<TArguments, TResult> procedure, CallHandler<TArguments, TResult> handler)
    : ServerProcedure(procedure.ApiName, procedure.Kind, precondition, procedure.AllowsReadOnly)
    where TArguments : IXdrMessage<TArguments>
    where TResult : IXdrMessage<TResult>
{
    public override ServerCall? Decode(ReadOnlySpan<byte> payload)
    {
        XdrReader reader = new(payload);
        TArguments arguments = TArguments.Read(ref reader);
        return reader.Failed ? null : new Call(handler, arguments);
    }

    private sealed class Call(CallHandler<TArguments, TResult> handler, TArguments arguments) : ServerCall
    {
        public override async Task<OutgoingPacket> RunAsync(
            CallContext context, PacketHeader header, CancellationToken cancellationToken)
        {
            TResult result = await handler(context, arguments, cancellationToken);
            return OutgoingPacket.TryEncode(header.Reply(PacketStatus.Ok), result, out OutgoingPacket packet)
                ? packet
                : throw ServerErrors.Unencodable();
        }
    }
}
