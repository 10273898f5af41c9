using VirtNet.Model.Conditions;

namespace VirtNet.Host.Neighbours;

/// <content>When it is looked, and what becomes of failures.</content>
public sealed partial class Neighbourhood
{
    private void Arm()
    {
        DateTimeOffset next = _nextPatrol < _nextLegacy ? _nextPatrol : _nextLegacy;
        next = _schedule.Due is { } due && due < next ? due : next;
        TimeSpan wait = next == DateTimeOffset.MaxValue ? Timeout.InfiniteTimeSpan : next - _time.GetUtcNow();
        _timer.Change(wait > TimeSpan.Zero || wait == Timeout.InfiniteTimeSpan ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task RunAsync()
    {
        await foreach (bool _ in _wake.Reader.ReadAllAsync())
        {
            await PatrolLegacyAsync();
            bool? read;
            lock (_gate)
            {
                DateTimeOffset now = _time.GetUtcNow();
                if (now >= _nextPatrol)
                {
                    _nextPatrol = now + Patrol;
                    _schedule.Changed(now);
                }

                bool awaited = AwaitsLook;
                read = _schedule.Take(now);
                _looking = read is not null;
                _lookIsAwaited = _looking && awaited;
            }

            while (_forgotten.Reader.TryRead(out Guid network))
            {
                _report.Forget(network);
            }

            if (read is { } anew)
            {
                await LookOnceAsync(anew);
            }

            lock (_gate)
            {
                if (_looking)
                {
                    _looking = _lookIsAwaited = false;
                    _ended.SetResult();
                    _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                Arm();
            }
        }
    }

    private async Task LookOnceAsync(bool anew)
    {
        long began = _time.GetTimestamp();
        bool succeeded = await ExclusivelyAsync(cancellationToken => LookAsync(anew, cancellationToken), _stopping.Token);
        lock (_gate)
        {
            if (succeeded)
            {
                _schedule.Looked(_time.GetUtcNow(), anew, _time.GetElapsedTime(began));
            }
            else
            {
                _schedule.Failed(_time.GetUtcNow());
            }
        }

        if (succeeded && anew && _failureTold)
        {
            _failureTold = false;
            _board.Set(network: null, LookSource, []);
            _logger.LooksAgain();
        }
    }

    /// <summary>Cheap where there are no such tables; else it costs a process or two.</summary>
    private async Task PatrolLegacyAsync()
    {
        lock (_gate)
        {
            if (_time.GetUtcNow() < _nextLegacy)
            {
                return;
            }
        }

        long began = _time.GetTimestamp();
        string? now = null;
        await ExclusivelyAsync(
            async cancellationToken => now = await _rulesets.ReadLegacyAsync(cancellationToken), _stopping.Token);
        lock (_gate)
        {
            if (now is not null && now != _view.Legacy && _networks.Count > 0)
            {
                _schedule.Changed(_time.GetUtcNow());
            }

            TimeSpan pause = now is null ? _legacyFailures.Failed() : _time.GetElapsedTime(began) * 10;
            _nextLegacy = _networks.Count == 0 ? DateTimeOffset.MaxValue
                : _time.GetUtcNow() + (pause > LegacyPatrol ? pause : LegacyPatrol);
            if (now is not null)
            {
                _legacyFailures.Succeeded();
            }
        }
    }

    /// <returns>False where the step failed, or was called off.</returns>
    private async Task<bool> ExclusivelyAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await _turn.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            await step(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            // Other programs' rules, read by other programs: nothing of it may end this loop, or keep a network from ending.
            if (!_failureTold)
            {
                _failureTold = true;
                string reason = string.Join("; ", e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                _board.Set(network: null, LookSource, [new Condition(
                    ConditionKind.Warning, $"could not look at, or adapt to, all other firewalls on this host ({reason}): whom they cut off is not known")]);
                _logger.LookFailed(reason);
            }

            _logger.LookFailedBecause(e);
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }
}
