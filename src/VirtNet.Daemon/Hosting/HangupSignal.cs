using System.Runtime.InteropServices;
using System.Threading.Channels;
using VirtNet.Linux;

namespace VirtNet.Daemon.Hosting;

/// <summary>SIGHUP: all is to be read again.</summary>
internal sealed class HangupSignal() : PendingSignal(SignalNumber)
{
    private const int SignalNumber = 1; // SIGHUP
}

/// <summary>
/// A signal from the first moment on, as its default action would end the process. Any number of them that come before they
/// are looked at are one.
/// </summary>
internal abstract class PendingSignal : IDisposable
{
    private readonly Channel<bool> _pending =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly PosixSignalRegistration _registration;

    protected PendingSignal(int number)
    {
        // nohup(1) and some shells' background jobs have it ignored, which the runtime would respect.
        Libc.HandleSignal(number, Libc.DefaultSignalAction);
        _registration = PosixSignalRegistration.Create((PosixSignal)number, context =>
        {
            context.Cancel = true;
            Raise();
        });
    }

    public void Raise() => _pending.Writer.TryWrite(true);

    /// <summary>Ends when there was one since the last time.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) =>
        await _pending.Reader.ReadAsync(cancellationToken);

    public void Dispose()
    {
        _registration.Dispose();
        GC.SuppressFinalize(this);
    }
}
