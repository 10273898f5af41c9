using System.Runtime.InteropServices;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <content>The thread itself: wait, hand over, send.</content>
internal sealed unsafe partial class DatagramLoop
{
    private const int MaxEvents = 64;

    /// <summary>struct epoll_event is packed on x86-64 only.</summary>
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private void Run()
    {
        try
        {
            byte* events = stackalloc byte[MaxEvents * EventSize];
            while (!_stopping)
            {
                int count = Libc.EpollWait(_epoll, events, MaxEvents, MillisecondsToNextTimer());
                if (count < 0 && Marshal.GetLastPInvokeError() != Libc.Eintr)
                {
                    throw new SystemCallException("epoll_wait", Marshal.GetLastPInvokeError());
                }

                Turn++;
                ReceivedInTurn = 0;
                for (int i = 0; i < count; i++)
                {
                    Dispatch(*(ulong*)(events + (i * EventSize) + EventSize - sizeof(ulong)));
                }

                RunDueTimers();
                if (TurnEnding is { } turnEnding)
                {
                    Guarded(turnEnding);
                }

                Sending.Flush();
                if (Coalescing?.EndTurn(ReceivedInTurn) == true)
                {
                    Thread.Sleep(1);
                }
            }

            _ended.SetResult();
        }
        catch (Exception e)
        {
            _logger.LoopEnded(Thread.CurrentThread.Name ?? "", e);
            _ended.SetException(e);
        }
        finally
        {
            _stopping = true;
            while (_posted.TryDequeue(out Action? work))
            {
                Guarded(work); // somebody may be waiting for its outcome
            }

            _wakeUp.Dispose();
            _epoll.Dispose();
            Receiving.Dispose();
            Sending.Dispose();
        }
    }

    private void Dispatch(ulong id)
    {
        if (id == 0)
        {
            RunPosted();
        }
        else if (_sources.TryGetValue(id, out IReadySource? source))
        {
            try
            {
                source.OnReadable();
            }
            catch (Exception e)
            {
                ReportFailure(e);
            }
        }
    }

    private void RunPosted()
    {
        ulong ignored;
        Libc.Read(_wakeUp, (byte*)&ignored, sizeof(ulong));
        Volatile.Write(ref _wakeUpPending, 0); // before the queue is emptied: later work wakes us again
        Interlocked.MemoryBarrier();

        // Work that posts more work must not keep the sockets waiting.
        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out Action? work); left--)
        {
            Guarded(work);
        }

        if (!_posted.IsEmpty && Interlocked.Exchange(ref _wakeUpPending, 1) == 0)
        {
            WakeUp();
        }
    }

    private void RunDueTimers()
    {
        if (_timers.Count == 0)
        {
            return;
        }

        long now = _clock.GetTimestamp();
        for (int i = _timers.Count - 1; i >= 0; i--)
        {
            // A callback may stop other timers, so the list can have become shorter.
            if (i < _timers.Count && _timers[i] is { } timer && timer.Due <= now)
            {
                StopTimer(timer);
                Guarded(timer.Callback);
            }
        }
    }

    /// <summary>Work that fails does not end the loop, on which everybody else depends.</summary>
    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            ReportFailure(e);
        }
    }

    private int MillisecondsToNextTimer()
    {
        long due = long.MaxValue;
        foreach (LoopTimer timer in _timers)
        {
            due = Math.Min(due, timer.Due);
        }

        if (due == long.MaxValue)
        {
            return -1;
        }

        TimeSpan left = _clock.GetElapsedTime(_clock.GetTimestamp(), due);
        return (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, 60_000);
    }

    private void WakeUp()
    {
        ulong one = 1;
        try
        {
            Libc.Write(_wakeUp, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended, and with it whoever would have been woken.
        }
    }

    private void AddToEpoll(FileDescriptor descriptor, ulong id)
    {
        byte* request = stackalloc byte[EventSize];
        *(uint*)request = Libc.EpollIn;
        *(ulong*)(request + EventSize - sizeof(ulong)) = id;
        Libc.Check(Libc.EpollControl(_epoll, Libc.EpollControlAdd, descriptor, request), "epoll_ctl");
    }

    /// <summary>Fails where it is not in the set any more, or the set is gone.</summary>
    private void RemoveFromEpoll(FileDescriptor descriptor)
    {
        if (!_epoll.IsClosed)
        {
            _ = Libc.EpollControl(_epoll, Libc.EpollControlDelete, descriptor, null);
        }
    }
}
