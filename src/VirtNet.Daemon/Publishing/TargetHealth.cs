using VirtNet.Daemon.Files;
using VirtNet.Linux;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Publishing;

/// <summary>
/// Which targets answer. Each is asked by itself, at its interval and not all at the same moment; so many at once at most. One that
/// nobody has asked yet counts as there. Thread-safe.
/// </summary>
internal sealed class TargetHealth(TimeProvider time) : IAsyncDisposable
{
    private const int AtOnce = 64;

    /// <summary>More targets than this are not looked after: they count as there.</summary>
    public const int MaxTargets = 8192;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Dictionary<CheckedTarget, Watch>> _networks = [];
    private readonly HashSet<Task> _ending = [];
    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);
    private int _count;

    /// <summary>A target of this network answers again, or does not any more. On any thread; must be quick.</summary>
    public event Action<Guid>? Changed;

    /// <summary>Looks after exactly these targets of a network from now on.</summary>
    /// <param name="down">Those of them that somebody found not to answer before: that is so until they do.</param>
    public void Follow(Guid network, IEnumerable<CheckedTarget> targets, IReadOnlyCollection<CheckedTarget>? down = null)
    {
        lock (_lock)
        {
            Dictionary<CheckedTarget, Watch> had = _networks.GetValueOrDefault(network) ?? [];
            HashSet<CheckedTarget> wanted = [.. targets];
            HashSet<CheckedTarget> knownDown = [.. down ?? []];
            foreach ((CheckedTarget target, Watch watch) in had.Where(one => !wanted.Contains(one.Key)).ToArray())
            {
                had.Remove(target);
                End(watch);
            }

            foreach (CheckedTarget target in wanted.Where(one => !had.ContainsKey(one)))
            {
                if (_count == MaxTargets)
                {
                    break;
                }

                Watch watch = new() { IsDown = knownDown.Contains(target) };
                watch.Loop = Task.Run(() => RunAsync(network, target, watch), CancellationToken.None);
                had.Add(target, watch);
                _count++;
            }

            if (had.Count == 0)
            {
                _networks.Remove(network);
            }
            else
            {
                _networks[network] = had;
            }
        }
    }

    /// <summary>The targets of a network that do not answer.</summary>
    public IReadOnlyList<CheckedTarget> DownOf(Guid network)
    {
        lock (_lock)
        {
            return _networks.TryGetValue(network, out Dictionary<CheckedTarget, Watch>? targets)
                ? [.. targets.Where(one => one.Value.IsDown).Select(one => one.Key)]
                : [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] loops;
        lock (_lock)
        {
            foreach (Watch watch in _networks.Values.SelectMany(targets => targets.Values))
            {
                End(watch);
            }

            _networks.Clear();
            loops = [.. _ending];
        }

        await Task.WhenAll(loops);
        _turns.Dispose();
    }

    private void End(Watch watch)
    {
        _count--;
        watch.Stop.Cancel();
        _ending.Add(watch.Loop);
        _ending.RemoveWhere(loop => loop.IsCompleted);
    }

    private async Task RunAsync(Guid network, CheckedTarget target, Watch watch)
    {
        try
        {
            // Not all that begin together ask together.
            await Task.Delay(target.Check.Interval * Fraction(), time, watch.Stop.Token);
            while (true)
            {
                await _turns.WaitAsync(watch.Stop.Token);
                long begin = time.GetTimestamp();
                bool answers;
                try
                {
                    answers = await TargetCheck.AskAsync(target, time, watch.Stop.Token);
                }
                finally
                {
                    _turns.Release();
                }

                if (Count(target, watch, answers))
                {
                    Changed?.Invoke(network);
                }

                await Task.Delay(PauseAfter(target.Check, time.GetElapsedTime(begin), answers), time, watch.Stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // it is not looked after any more
        }
        finally
        {
            watch.Dispose();
        }
    }

    /// <summary>
    /// Questions begin an interval after each other, however long the answer took. And one that had none is followed so much sooner
    /// that a target which falls silent is known to be gone within as many intervals as it may miss, the last waiting included.
    /// </summary>
    private static TimeSpan PauseAfter(PublicationCheck check, TimeSpan asked, bool answers)
    {
        TimeSpan waited = answers || check.Fall < 2 ? asked : asked + (asked / (check.Fall - 1));
        TimeSpan pause = (check.Interval * (0.9 + (0.1 * Fraction()))) - waited;
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause;
    }

    /// <returns>Whether it is taken for what it was not before.</returns>
    private bool Count(CheckedTarget target, Watch watch, bool answers)
    {
        lock (_lock)
        {
            watch.InARow = answers == watch.IsDown ? watch.InARow + 1 : 0;
            if (watch.InARow < (answers ? target.Check.Rise : target.Check.Fall))
            {
                return false;
            }

            watch.InARow = 0;
            watch.IsDown = !answers;
            return true;
        }
    }

    private static double Fraction() => (SystemRandom.NextUInt64() >> 11) / (double)(1UL << 53);

    private sealed class Watch : IDisposable
    {
        public CancellationTokenSource Stop { get; } = new();

        public Task Loop { get; set; } = Task.CompletedTask;

        public bool IsDown { get; set; }

        /// <summary>Answers that speak against what it is taken for.</summary>
        public int InARow { get; set; }

        public void Dispose() => Stop.Dispose();
    }
}
