namespace VirtNet.Integration.Tests.Lab;

/// <summary>A D-Bus system bus of the test's own, on which everybody may own and call everything.</summary>
internal sealed class PrivateBus : IAsyncDisposable
{
    private const string Program = "/usr/bin/dbus-daemon";

    private const string Configuration = """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>system</type>
          <listen>unix:path={0}</listen>
          <auth>EXTERNAL</auth>
          <policy context="default">
            <allow user="*"/>
            <allow send_destination="*" eavesdrop="true"/>
            <allow eavesdrop="true"/>
            <allow own="*"/>
          </policy>
        </busconfig>
        """;

    private readonly BackgroundProgram _daemon;

    private PrivateBus(BackgroundProgram daemon, string socket)
    {
        _daemon = daemon;
        Address = "unix:path=" + socket;
    }

    public static bool IsPossible => File.Exists(Program);

    public string Address { get; }

    /// <param name="folder">Where its socket and its configuration are; other users must be able to reach it.</param>
    public static async Task<PrivateBus> StartAsync(NetworkNamespace host, string folder)
    {
        string socket = Path.Combine(folder, "bus");
        string configuration = Path.Combine(folder, "bus.conf");
        await File.WriteAllTextAsync(configuration, Configuration.Replace("{0}", socket, StringComparison.Ordinal));
        PrivateBus bus = new(
            new BackgroundProgram(
                "ip", ["netns", "exec", host.Name, Program, "--nofork", "--nopidfile", "--config-file=" + configuration]),
            socket);
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(socket)), "the bus");
        return bus;
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();
}
