using Microsoft.Extensions.Logging;
using VirtNet.Host.Bus;

namespace VirtNet.Host.Firewalld;

/// <summary>Says when firewalld has started, stopped or loaded its rules anew, so that networks take their places in it again.</summary>
public sealed class FirewalldWatch(IFirewalld firewalld, TimeProvider time, ILogger<FirewalldWatch> logger)
{
    /// <summary>The bus may start after us, or restart.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="changed">Called for each time that zones and rules must be looked at.</param>
    public async Task RunAsync(Action changed, CancellationToken cancellationToken)
    {
        bool told = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (FirewalldSignal signal in firewalld.WatchAsync(cancellationToken))
                {
                    logger.Signalled(signal); // when it stops it takes all rules of iptables with it, also ours
                    changed();
                }
            }
            catch (BusException e)
            {
                if (!told)
                {
                    logger.CannotListen(Pause.TotalSeconds, e.Message);
                }

                told = true;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
