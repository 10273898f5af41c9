using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Networks;
using VirtNet.Model.Conditions;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Looks every two seconds whether the daemon's files are still where they belong. A look costs about twenty stat(2)
/// calls, whatever the number of networks; watching by inotify would end with the watched folder, and not see a mount
/// over it. Only where libvirt's own daemon listens still is it told when that ends: its clients are not to wait for a look.
/// </summary>
internal sealed class FileUpkeep(
    NetworkFilesUpkeep networks, RpcService clients, InstanceLocks instance, ConditionBoard conditions,
    TimeProvider time, ILogger<FileUpkeep> logger)
    : BackgroundService
{
    private const string Source = "own-files";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Channel<bool> looks = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Look() => looks.Writer.TryWrite(true);
        FolderWatch? watch = null;
        using ITimer timer = time.CreateTimer(_ => Look(), state: null, Interval, Interval);
        try
        {
            await foreach (bool _ in looks.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await networks.LookAsync(stoppingToken);
                    LookAtOwn();
                    watch = clients.IsWaiting ? watch ?? ListeningSockets.WatchLibvirts(Look) : Ended(watch);
                }
#pragma warning disable CA1031 // whatever it was: the next look is to come
                catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    logger.FileLookFailed(e);
                }
            }
        }
        finally
        {
            watch?.Dispose();
        }
    }

    private static FolderWatch? Ended(FolderWatch? watch)
    {
        watch?.Dispose();
        return null;
    }

    private void LookAtOwn()
    {
        List<Condition> lost = [];
        foreach (InstanceLock held in instance.All.Where(held => !held.IsInPlace))
        {
            try
            {
                held.Renew();
                logger.FileMadeAnew(held.Path);
            }
            catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException)
            {
                lost.Add(new Condition(ConditionKind.Warning, $"{held.Path} was removed or replaced and cannot be made anew: {e.Message}"));
            }
        }

        clients.Restore(text => lost.Add(new Condition(ConditionKind.Warning, text)));
        if (conditions.Set(network: null, Source, lost))
        {
            foreach (Condition condition in lost)
            {
                logger.FileLost(condition.Text);
            }
        }
    }
}
