using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Linux.Processes;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon.Hosting;

/// <summary>Ends the daemon at SIGUSR2 for the next program, unless that could not start.</summary>
internal sealed class Restarter(
    NextProgram next,
    NetworkService networks,
    KeptSockets kept,
    ServiceNotifier manager,
    CommandLine commandLine,
    IHostApplicationLifetime lifetime,
    ILogger<Restarter> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await networks.Autostarted.WaitAsync(stoppingToken);
        while (true)
        {
            await next.WaitAsync(stoppingToken);
            if (FindObjection() is { } objection)
            {
                logger.NotRestarted(objection);
                continue;
            }

            next.Sockets = kept.LeaveToNextProgram();
            logger.Restarting(next.Sockets.Count);
            lifetime.StopApplication();
            return;
        }
    }

    private string? FindObjection()
    {
        if (manager.IsThere)
        {
            return "the service manager started virtnetd, and restarts it without losing anything: systemctl restart virtnetd";
        }

        try
        {
            ConfigurationFile.Load(commandLine);
            return next.Objection;
        }
        catch (ConfigurationException e)
        {
            return e.Message;
        }
    }
}
