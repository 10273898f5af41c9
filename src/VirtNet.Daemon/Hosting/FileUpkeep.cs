using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Files;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Looks every two seconds whether the daemon's files are still where they belong. A look costs about ten stat(2) calls,
/// whatever the number of networks; watching by inotify would end with the watched folder, and not see a mount over it.
/// </summary>
internal sealed class FileUpkeep(NetworkFilesUpkeep networks, TimeProvider time, ILogger<FileUpkeep> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await networks.LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.FileLookFailed(e);
            }
        }
    }
}
