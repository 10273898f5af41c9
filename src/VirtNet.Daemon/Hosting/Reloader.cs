using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Networks;

namespace VirtNet.Daemon.Hosting;

/// <summary>Reads everything again at SIGHUP: one reload after the other, and none before the first networks are up.</summary>
internal sealed class Reloader(
    HangupSignal signal,
    NetworkService networks,
    NetworkLoader loader,
    RpcService clients,
    CommandLine commandLine,
    DaemonOptions running,
    ILogger<Reloader> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await networks.Autostarted.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await signal.WaitAsync(stoppingToken);
            await ReloadAsync(stoppingToken);
        }
    }

    private async Task ReloadAsync(CancellationToken stoppingToken)
    {
        try
        {
            ReloadConfiguration();
            await loader.ReloadAsync(stoppingToken);
            logger.Reloaded();
        }
#pragma warning disable CA1031 // a failed reload must not end the daemon
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.ReloadFailed(e);
        }
    }

    /// <summary>Rights of the sockets change at once; of other settings it is said that they wait for a restart.</summary>
    private void ReloadConfiguration()
    {
        try
        {
            LoadedConfiguration loaded = ConfigurationFile.Load(commandLine);
            foreach (string warning in loaded.Warnings)
            {
                logger.ConfigurationWarning(warning);
            }

            clients.ApplyRights(loaded.Options);
            if (loaded.Options.NeedingRestart() != running.NeedingRestart())
            {
                logger.RestartNeeded(commandLine.ConfigurationFile);
            }
        }
        catch (ConfigurationException e)
        {
            logger.ConfigurationKept(e.Message);
        }
    }
}
