using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>
/// One thread that waits for all sockets given to it, hands their datagrams over in batches and sends the answers in
/// batches. State that only handlers, timers and posted work touch needs no lock.
/// </summary>
internal sealed partial class DatagramLoop : IAsyncDisposable
{
    /// <summary>Of those who wait for the daemon to end: nearly every other server answers sooner.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FailureReportInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ulong, IReadySource> _sources = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly List<LoopTimer> _timers = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FileDescriptor _epoll;
    private readonly FileDescriptor _wakeUp;
    private readonly KeptSockets _kept;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private ulong _lastSource;
    private long _failures;
    private long _lastReport;
    private int _wakeUpPending;
    private volatile bool _stopping;

    /// <param name="name">Name of the thread, as the system shows it (15 characters).</param>
    public DatagramLoop(string name, KeptSockets kept, TimeProvider clock, ILogger logger)
    {
        _kept = kept;
        _clock = clock;
        _logger = logger;
        using OpenedSoFar opened = new();
        _epoll = opened.Add(Libc.Checked(Libc.EpollCreate(Libc.EpollCloseOnExec), "epoll_create1"));
        _wakeUp = opened.Add(Libc.Checked(Libc.EventFd(0, Libc.EventFdNonBlocking | Libc.EventFdCloseOnExec), "eventfd"));
        Receiving = opened.Add(new ReceiveBatch());
        Sending = opened.Add(new SendQueue());
        AddToEpoll(_wakeUp, id: 0);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
        opened.Keep();
    }

    internal ReceiveBatch Receiving { get; }

    internal SendQueue Sending { get; }

    internal ILogger Logger => _logger;

    /// <summary>Datagrams that came in this turn.</summary>
    internal int ReceivedInTurn { get; set; }

    /// <summary>
    /// Called on the loop's thread when everything that was ready has been handled, before what was sent leaves: the
    /// place to do once for many datagrams. To be set before the first socket is opened.
    /// </summary>
    public Action? TurnEnding { get; set; }

    /// <summary>
    /// Rests of a millisecond while it is busy, for services whose clients can wait that long. To be set before the first
    /// socket is opened.
    /// </summary>
    public Coalescing? Coalescing { get; set; }

    /// <summary>Counts the rounds of waiting and handling; what happens in one round goes out in one batch.</summary>
    public long Turn { get; private set; }

    /// <summary>Whether the caller is on this loop's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>
    /// Opens a UDP socket; its datagrams go to the handler from now on. Safe on any thread. Throws
    /// <see cref="SystemCallException"/>, for example with <see cref="SystemCallException.AddressInUse"/>.
    /// </summary>
    public DatagramSocket Open(DatagramSocketOptions options, DatagramHandler handler)
    {
        FileDescriptor descriptor = options.IsKept ? SocketOpener.Open(options, _kept) : SocketOpener.Open(options);
        return Serve(descriptor, new DatagramSocket(this, descriptor, handler, options.Undelivered) { IsKept = options.IsKept });
    }

    /// <summary>
    /// Opens a packet socket, which outlives this process; what it hears goes to the handler from now on. Nothing can be sent
    /// through it. Safe on any thread. Throws <see cref="SystemCallException"/>.
    /// </summary>
    public DatagramSocket Open(PacketSocketOptions options, DatagramHandler handler)
    {
        FileDescriptor descriptor = PacketSocketOpener.Open(options, _kept);
        return Serve(descriptor, new DatagramSocket(this, descriptor, handler, undelivered: null) { IsKept = true });
    }

    /// <summary>
    /// Takes nothing more from the sockets that outlive this process: what comes is left in them for the next one. Ends when
    /// what has come is answered, or when that takes long; answers leave through these sockets as before.
    /// </summary>
    /// <param name="isAnswered">Whether all is. Asked on the loop's thread.</param>
    public async Task LeaveAsync(Func<bool> isAnswered)
    {
        if (_stopping)
        {
            return; // it ended by itself, and said so
        }

        await InvokeAsync(() =>
        {
            foreach (IReadySource source in _sources.Values)
            {
                if (source is DatagramSocket { IsKept: true } socket)
                {
                    RemoveFromEpoll(socket.Descriptor);
                }
            }
        }).ConfigureAwait(false);
        long begin = _clock.GetTimestamp();
        while (!await InvokeAsync(isAnswered).ConfigureAwait(false) && _clock.GetElapsedTime(begin) < AnswerPatience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), _clock).ConfigureAwait(false);
        }
    }

    /// <summary>Calls back on the loop's thread whenever the descriptor can be read; dispose the result to end that.</summary>
    public IAsyncDisposable Watch(FileDescriptor descriptor, Action readable)
    {
        WatchedDescriptor watched = new(this, descriptor, readable);
        Register(watched, descriptor);
        return watched;
    }

    /// <summary>Runs work on the loop's thread, after what is already posted. Safe on any thread; lost after disposal.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        if (Interlocked.Exchange(ref _wakeUpPending, 1) == 0)
        {
            WakeUp();
        }
    }

    /// <summary>Runs work on the loop's thread and returns its outcome; at once when called there.</summary>
    public Task<T> InvokeAsync<T>(Func<T> work)
    {
        if (IsCurrent)
        {
            return Task.FromResult(work());
        }

        if (_stopping)
        {
            return Task.FromException<T>(Over());
        }

        TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                outcome.TrySetResult(work());
            }
            catch (Exception e)
            {
                outcome.TrySetException(e);
            }
        });

        // It may have ended just now. What was posted before its end is done by it in any case, and nobody does what came after.
        if (_ended.Task.IsCompleted)
        {
            outcome.TrySetException(Over());
        }

        return outcome.Task;
    }

    /// <inheritdoc cref="InvokeAsync{T}"/>
    public Task InvokeAsync(Action work) => InvokeAsync(() =>
    {
        work();
        return true;
    });

    public LoopTimer CreateTimer(Action callback) => new(this, callback);

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        WakeUp();
        await _ended.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what ended it was said when it did
    }

    internal void Register(IReadySource source, FileDescriptor descriptor)
    {
        ulong id = Interlocked.Increment(ref _lastSource);
        source.Id = id;
        _sources[id] = source;
        try
        {
            AddToEpoll(descriptor, id);
        }
        catch
        {
            _sources.TryRemove(id, out _);
            throw;
        }
    }

    /// <summary>Why nothing runs on it any more.</summary>
    private Exception Over() => _ended.Task.Exception?.InnerException is { } failure
        ? new InvalidOperationException($"thread {_thread.Name} has ended: {failure.Message}", failure)
        : new ObjectDisposedException(nameof(DatagramLoop));

    private DatagramSocket Serve(FileDescriptor descriptor, DatagramSocket socket)
    {
        try
        {
            Register(socket, descriptor);
            if (socket.IsKept)
            {
                _kept.Keep(descriptor);
            }

            return socket;
        }
        catch
        {
            _kept.Release(descriptor);
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Takes a source out and closes its descriptor; no callback of it runs once the task has ended.</summary>
    internal async Task CloseAsync(IReadySource source, FileDescriptor descriptor)
    {
        if (_stopping)
        {
            Close(source, descriptor);
            return;
        }

        Task closed = InvokeAsync(() => Close(source, descriptor));
        await Task.WhenAny(closed, _ended.Task).ConfigureAwait(false);
    }

    /// <inheritdoc cref="CloseAsync"/>
    internal void Close(IReadySource source, FileDescriptor descriptor)
    {
        if (_sources.TryRemove(source.Id, out _))
        {
            Sending.Forget(source as DatagramSocket);
            RemoveFromEpoll(descriptor); // the kernel does that itself only where nobody else holds the socket
            _kept.Release(descriptor);
            descriptor.Dispose();
        }
    }

    /// <summary>Logs a failure of a handler, at most one in ten seconds: a guest could cause many.</summary>
    internal void ReportFailure(Exception exception)
    {
        Interlocked.Increment(ref _failures);
        long now = _clock.GetTimestamp();
        if (_lastReport == 0 || _clock.GetElapsedTime(_lastReport, now) > FailureReportInterval)
        {
            _lastReport = now;
            _logger.HandlerFailed(_failures, exception);
        }
    }

    internal void StartTimer(LoopTimer timer, TimeSpan after)
    {
        if (!timer.IsRunning)
        {
            _timers.Add(timer);
        }

        long ticks = (long)(after.TotalSeconds * _clock.TimestampFrequency);
        timer.Due = Math.Max(1, _clock.GetTimestamp() + ticks);
    }

    internal void StopTimer(LoopTimer timer)
    {
        timer.Due = 0;
        _timers.Remove(timer);
    }
}
