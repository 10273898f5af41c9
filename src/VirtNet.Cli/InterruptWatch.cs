using System.Runtime.InteropServices;
using VirtNet.Linux;

namespace VirtNet.Cli;

/// <summary>Turns Ctrl-C and SIGTERM into a task for as long as it lives, instead of ending the process.</summary>
internal sealed class InterruptWatch : IDisposable
{
    private const int InterruptNumber = 2; // SIGINT

    private static bool s_hears;

    private readonly TaskCompletionSource _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Task Interrupted => _interrupted.Task;

    public static InterruptWatch OnSignals()
    {
        InterruptWatch watch = new();

        if (!s_hears)
        {
            // A script's background jobs have it ignored, which the runtime would respect: virsh listens to it there, too.
            Libc.HandleSignal(InterruptNumber, Libc.DefaultSignalAction);
            s_hears = true; // from here on the runtime has a handler of its own
        }

        foreach (PosixSignal signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            watch._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                watch.Interrupt();
            }));
        }

        return watch;
    }

    public void Interrupt() => _interrupted.TrySetResult();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
