using System.Net.Sockets;
using System.Text;
using VirtNet.Linux.Processes;

namespace VirtNet.Daemon.Tests.Hosting;

[Collection(nameof(ServiceNotifierTests))]
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notify-").FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_service_manager_is_told_and_what_the_daemon_starts_cannot_speak_for_it()
    {
        string path = Path.Combine(_folder, "notify");
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        manager.Bind(new UnixDomainSocketEndPoint(path));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", path);
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", "60000000");

        using ServiceNotifier notifier = ServiceNotifier.FromEnvironment();
        notifier.Ready("2 of 3 networks active\nREADY=0");

        byte[] said = new byte[256];
        Assert.Equal("READY=1\nSTATUS=2 of 3 networks active READY=0", Encoding.UTF8.GetString(said, 0, manager.Receive(said)));
        Assert.Equal(TimeSpan.FromMinutes(1), notifier.WatchdogTime);
        Assert.Null(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
        Assert.Null(Environment.GetEnvironmentVariable("WATCHDOG_USEC"));
    }

    [Fact]
    public void A_manager_that_is_gone_harms_nobody()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", Path.Combine(_folder, "absent"));

        using ServiceNotifier notifier = ServiceNotifier.FromEnvironment();

        notifier.IsAlive();
    }
}
