using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Hooks;
using VirtNet.Linux;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Sees to it that the daemon ends when it is told to, whatever hangs: scripts, a bus that does not answer, a client, a
/// disk. What must not be lost is on disk before anybody is told of it, so an end without ceremony loses nothing.
/// </summary>
internal sealed class StopLimit(IHostApplicationLifetime lifetime, HookScripts hooks, ILogger<StopLimit> logger)
    : IHostedService, IDisposable
{
    /// <summary>For all that ends in an orderly way; then it ends as it is.</summary>
    public static readonly TimeSpan Whole = TimeSpan.FromSeconds(9);

    private readonly ManualResetEventSlim _over = new();
    private CancellationTokenRegistration _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = lifetime.ApplicationStopping.Register(Begin);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>All has ended, whatever is disposed after this too: for a process that goes on.</summary>
    public void Over() => _over.Set();

    public void Dispose() => _stopping.Dispose();

    private void Begin()
    {
        hooks.EndSoon();

        // A thread, because a pool whose threads all hang runs no timer.
        new Thread(EndWhenOver) { IsBackground = true, Name = "stop-limit" }.Start();
    }

    private void EndWhenOver()
    {
        if (_over.Wait(Whole))
        {
            return;
        }

        logger.EndedWithoutCeremony(Whole.TotalSeconds);
        Thread.Sleep(TimeSpan.FromMilliseconds(100)); // the log's own thread writes the line
        Libc.Exit(1);
    }
}
