using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server.Connections;

/// <summary>
/// From a call's packet to its reply's. The order of checks is libvirt's: program, status, procedure, authentication,
/// arguments, open connection, read-only. The one place that turns an unforeseen exception into an error for the
/// client.
/// </summary>
internal sealed class Dispatcher(ProcedureTable procedures, ILogger logger)
{
    private long _calls;
    private long _failures;

    /// <summary>Calls so far that got an answer, failures included.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Those of them that were answered with an error.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>
    /// Finds and decodes, without doing anything yet; the payload is not needed afterwards.
    /// </summary>
    /// <param name="payloadDropped">The payload was too long to be kept, hence too long to be understood.</param>
    public PreparedCall Prepare(
        ClientSession session, PacketHeader header, ReadOnlySpan<byte> payload, bool payloadDropped)
    {
        if (header.Program is not (RpcPrograms.Remote or RpcPrograms.VirtNet) || header.Version != RpcPrograms.Version)
        {
            return Refused(ServerErrors.UnknownProgram(header.Program, header.Version));
        }

        if (header.Status != PacketStatus.Ok)
        {
            return Refused(ServerErrors.UnexpectedStatus((int)header.Status));
        }

        ServerProcedure? procedure = procedures.Find(header.Program, header.Procedure);
        if (procedure is null)
        {
            return Refused(ServerErrors.UnknownProcedure(header.Procedure));
        }

        if (procedure.NeedsAuthentication && !session.IsAuthenticated)
        {
            return Refused(ServerErrors.AuthenticationRequired());
        }

        return !payloadDropped && procedure.Decode(payload) is { } call
            ? new PreparedCall(header, procedure, call, Refusal: null)
            : Refused(ServerErrors.Undecodable());

        PreparedCall Refused(VirtNetException refusal) => new(header, Procedure: null, Call: null, refusal);
    }

    /// <summary>Gives the reply, whatever happens.</summary>
    public async Task<OutgoingPacket> RunAsync(
        PreparedCall call, CallContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        try
        {
            if (call.Call is null)
            {
                return EncodeError(call.Header, call.Refusal!);
            }

            call.Procedure!.CheckAllowed(context.Session);
            return await call.Call.RunAsync(context, call.Header, cancellationToken);
        }
        catch (VirtNetException e)
        {
            return EncodeError(call.Header, e);
        }
        catch (Exception e)
        {
            string apiName = call.Procedure!.ApiName;
            if (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                logger.CallFailed(apiName, e);
            }

            return EncodeError(call.Header, ServerErrors.Unexpected(apiName));
        }
    }

    private OutgoingPacket EncodeError(PacketHeader header, VirtNetException exception)
    {
        Interlocked.Increment(ref _failures);
        RemoteError error = RemoteError.From(exception, ServerLimits.ErrorText);
        return OutgoingPacket.TryEncode(header.Reply(PacketStatus.Error), error, out OutgoingPacket packet)
            ? packet
            : throw new InvalidOperationException("an error of bounded texts always fits a packet");
    }
}

/// <summary>A call that was understood, or the reason why it was not.</summary>
internal sealed record PreparedCall(
    PacketHeader Header, ServerProcedure? Procedure, ServerCall? Call, VirtNetException? Refusal)
{
    public CallKind Kind => Procedure?.Kind ?? CallKind.Query;
}
