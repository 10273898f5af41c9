using System.Threading.Channels;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// Has whoever starts a network that was just defined wait until its fabric has said the rest of it: its number and its hosts. The
/// network's own operations go on meanwhile, as it is by one of them that the fabric says so. Thread-safe.
/// </summary>
internal sealed class FabricWait(NetworkEnvironment environment, TimeProvider time)
{
    /// <summary>Far more than a fabric takes whose etcd answers.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Nobody tells that a fabric's daemon was killed: it is asked for so often whether there still is one.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(1);

    /// <summary>Whoever waits for the network of this UUID is to wait no longer.</summary>
    private event Action<Guid>? Ended;

    /// <summary>
    /// Returns when the network is complete, or there is nothing more to wait for: no fabric, one that refuses it, or that takes too long.
    /// </summary>
    /// <exception cref="VirtNetException">It was stopped meanwhile.</exception>
    public async Task CompletedAsync(NetworkActor network, CancellationToken cancellationToken)
    {
        if (!IsAwaited(network))
        {
            return; // nearly always
        }

        Guid uuid = network.Identity.Uuid;
        bool isEnded = false;
        Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using IDisposable subscription = environment.Events.Subscribe(Heard);
        environment.Spanning.Fabric.Changed += Wake;
        Ended += End;
        try
        {
            long start = time.GetTimestamp();
            while (IsAwaited(network) && !isEnded && Patience - time.GetElapsedTime(start) is { Ticks: > 0 } left)
            {
                await ((Task)news.Reader.WaitToReadAsync(cancellationToken).AsTask())
                    .WaitAsync(left < Pulse ? left : Pulse, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                news.Reader.TryRead(out _);
            }
        }
        finally
        {
            environment.Spanning.Fabric.Changed -= Wake;
            Ended -= End;
        }

        if (isEnded)
        {
            throw VirtNetException.OperationInvalid($"network '{network.Identity.Name}' was stopped while its start waited for the fabric");
        }

        void Wake() => news.Writer.TryWrite(true);

        void Heard(NetworkEvent happened)
        {
            if (happened is NetworkEvent.Lifecycle && happened.Network.Uuid == uuid)
            {
                Wake();
            }
        }

        void End(Guid ended)
        {
            if (ended == uuid)
            {
                Volatile.Write(ref isEnded, true);
                Wake();
            }
        }
    }

    /// <summary>Somebody stops the network: whoever waits for it is told so.</summary>
    public void End(Guid network) => Ended?.Invoke(network);

    private bool IsAwaited(NetworkActor network) =>
        network.Snapshot is { IsActive: false, Config: { } definition } && environment.Spanning.IsAwaited(definition);
}
