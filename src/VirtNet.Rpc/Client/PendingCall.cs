using VirtNet.Model;
using VirtNet.Rpc.Protocol;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Client;

/// <summary>A call that was sent and whose reply is still to come.</summary>
internal abstract class PendingCall(uint program, int procedure)
{
    /// <summary>Whether a reply with this header belongs to the call; serials were compared already.</summary>
    public bool Matches(PacketHeader header) => header.Program == program && header.Procedure == procedure;

    /// <param name="payload">Borrowed for the time of the call.</param>
    public abstract void Complete(PacketHeader header, ReadOnlySpan<byte> payload);

    public abstract void Fail(VirtNetException exception);
}

/// <summary>A call whose caller waits for a <typeparamref name="TResult"/>, or has stopped waiting.</summary>
internal sealed class PendingCall<TResult>(uint program, int procedure) : PendingCall(program, procedure)
    where TResult : IXdrMessage<TResult>
{
    // Continuations run elsewhere: a caller must not be able to hold up the loop that reads its next reply.
    private readonly TaskCompletionSource<TResult> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Task => _source.Task;

    public void Cancel(CancellationToken cancellationToken) => _source.TrySetCanceled(cancellationToken);

    public override void Complete(PacketHeader header, ReadOnlySpan<byte> payload)
    {
        XdrReader reader = new(payload);
        if (header.Status == PacketStatus.Error)
        {
            RemoteError error = RemoteError.Read(ref reader);
            Fail(reader.Failed ? ClientErrors.UndecodableReply() : error.ToException());
            return;
        }

        TResult result = TResult.Read(ref reader);
        if (reader.Failed)
        {
            Fail(ClientErrors.UndecodableReply());
        }
        else
        {
            _source.TrySetResult(result);
        }
    }

    public override void Fail(VirtNetException exception) => _source.TrySetException(exception);
}
