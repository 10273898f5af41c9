using Grpc.Core;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Etcd;

/// <summary>Calls to whichever member of etcd answers: the one that did last is asked first, and each once.</summary>
internal sealed class EtcdCalls(EtcdChannels channels, TimeProvider time)
{
    /// <summary>An election takes etcd one to two seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Ends a call at a member that is cut off from the others, which would wait for them.</summary>
    public static Metadata NeedsLeader { get; } = new() { { "hasleader", "true" } };

    /// <summary>Of a member that has a majority with it.</summary>
    /// <exception cref="StoreUnavailableException">There is none, or none answers.</exception>
    public Task<T> WithMajorityAsync<T>(Func<CallInvoker, CallOptions, Task<T>> call, CancellationToken cancellationToken) =>
        CallAsync(call, NeedsLeader, cancellationToken);

    /// <summary>Of any member, what it knows or can do.</summary>
    /// <exception cref="StoreUnavailableException">None answers.</exception>
    public Task<T> OfAnyAsync<T>(Func<CallInvoker, CallOptions, Task<T>> call, CancellationToken cancellationToken) =>
        CallAsync(call, null, cancellationToken);

    /// <summary>Has one member answer, and goes on to the next one if it does not.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer, or has no majority with it.</exception>
    /// <exception cref="StoreCompactedException">It no longer has what was asked for.</exception>
    public async Task<T> AskAsync<T>(int place, Func<Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException or HttpRequestException)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }

            channels.Leave(place);
            throw e is RpcException { StatusCode: StatusCode.OutOfRange } compacted && compacted.Status.Detail.Contains("compacted", StringComparison.Ordinal)
                ? new StoreCompactedException(0)
                : new StoreUnavailableException($"etcd does not answer: {(e is RpcException failed ? Explain(failed) : e.Message)}", e);
        }
    }

    /// <inheritdoc cref="AskAsync{T}(int, Func{Task{T}}, CancellationToken)"/>
    public Task AskAsync(int place, Func<Task> question, CancellationToken cancellationToken) => AskAsync(
        place,
        async () =>
        {
            await question();
            return true;
        },
        cancellationToken);

    /// <summary>What stopped it, without what gRPC wraps it in.</summary>
    public static string Explain(RpcException e) => e.StatusCode switch
    {
        StatusCode.DeadlineExceeded => "no answer in time",
        _ => e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail,
    };

    private async Task<T> CallAsync<T>(Func<CallInvoker, CallOptions, Task<T>> call, Metadata? headers, CancellationToken cancellationToken)
    {
        StoreUnavailableException? failure = null;
        for (int i = 0; i < channels.Count; i++)
        {
            int place = channels.Place;
            CallOptions options = new(headers, time.GetUtcNow().UtcDateTime + Patience, cancellationToken);
            try
            {
                return await AskAsync(place, () => call(channels.At(place), options), cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                failure = e;
            }
        }

        throw failure!;
    }
}
