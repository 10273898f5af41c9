using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Processes of the host that come after something was published.</summary>
public class HeldPortTests
{
    private const string Taken = "Address already in use";

    /// <summary>Binds as servers do, with SO_REUSEADDR, and listens: tcp or udp, address, port.</summary>
    private const string Serve = """
        import socket, sys
        tcp, v6 = sys.argv[1] == "tcp", ":" in sys.argv[2]
        s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((sys.argv[2], int(sys.argv[3])))
            if tcp: s.listen()
            print("ok")
        except OSError as e: print(e.strerror)
        """;

    [Fact]
    public async Task A_process_that_comes_later_is_refused_what_is_published()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        await lab.Host.RunAsync("ip", "addr", "add", "203.0.113.7/24", "dev", "up0");
        await lab.VirtnetAsync("net-new", "lab", "--subnet", "192.168.130.0/24", "--start");
        foreach (string listen in (string[])["8080", "203.0.113.2:8081", "203.0.113.7:8081", "5353/udp", "9000-9063", "9100-9164", "127.0.0.1:8082"])
        {
            await lab.VirtnetAsync("net-publish", "lab", listen, "192.168.130.9");
        }

        Assert.Equal(Taken, await ServeAsync(lab, "tcp", "0.0.0.0", 8080));
        Assert.Equal(Taken, await ServeAsync(lab, "tcp", "203.0.113.7", 8080));
        Assert.Equal(Taken, await ServeAsync(lab, "tcp", "203.0.113.2", 8081));
        Assert.Equal(Taken, await ServeAsync(lab, "tcp", "203.0.113.7", 8081));
        Assert.Equal("ok", await ServeAsync(lab, "tcp", "127.0.0.1", 8081));
        Assert.Equal(Taken, await ServeAsync(lab, "tcp", "127.0.0.1", 8082));
        Assert.Equal(Taken, await ServeAsync(lab, "udp", "0.0.0.0", 5353));
        Assert.Equal(Taken, await ServeAsync(lab, "tcp", "0.0.0.0", 9063));
        Assert.Equal("ok", await ServeAsync(lab, "tcp", "0.0.0.0", 9100)); // too long a range
        Assert.Equal("ok", await ServeAsync(lab, "tcp", "0.0.0.0", 8084));

        // What is not published to a client is refused at once, as where nobody listens.
        await lab.VirtnetAsync("net-publish", "lab", "8085", "192.168.130.9", "--from", "198.51.100.0/24");
        Assert.Equal(7, (await outside.TryAsync("curl", "-s", "--max-time", "2", $"http://{NetworkLab.UplinkAddress}:8085/")).ExitCode);

        // A daemon of tomorrow holds them as well, and one that is asked for nothing any more gives them back.
        await lab.Daemon!.SignalAsync("TERM");
        Assert.Equal("ok", await ServeAsync(lab, "tcp", "0.0.0.0", 8080));
        await lab.StartDaemonAsync();
        Assert.Equal(Taken, await ServeAsync(lab, "tcp", "0.0.0.0", 8080));
        await lab.VirtnetAsync("net-unpublish", "lab", "8080");
        Assert.Equal("ok", await ServeAsync(lab, "tcp", "0.0.0.0", 8080));
        await lab.VirtnetAsync("net-publish", "lab", "203.0.113.2:5353/udp", "192.168.130.10"); // that it is held is no process's doing
        await lab.VirtnetAsync("net-destroy", "lab");
        Assert.Equal("ok", await ServeAsync(lab, "udp", "0.0.0.0", 5353));
    }

    [Fact]
    public async Task A_port_that_the_host_answers_on_is_left_to_it_and_one_that_is_taken_is_said()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.AddOutsideAsync();
        await lab.VirtnetAsync("net-new", "lab", "--subnet", "192.168.130.0/24", "--start");
        await lab.VirtnetAsync("net-publish", "lab", "7979", "host:8090");
        Assert.Equal("ok", await ServeAsync(lab, "tcp", "0.0.0.0", 8090));

        await lab.VirtnetAsync("net-publish", "lab", "8080", "192.168.130.9:80");
        await lab.Daemon!.SignalAsync("TERM");
        lab.Host.Start("python3", "-m", "http.server", "8080");
        await Wait.UntilAsync(async () => (await lab.Host.RunAsync("ss", "-Hltn", "sport = 8080")).Length > 0, "a server");
        await lab.StartDaemonAsync();
        await Wait.UntilAsync(
            async () => (await lab.VirtnetAsync("net-info", "lab", "-o", "json")).Contains("port 8080/tcp is not held", StringComparison.Ordinal), "a warning");
    }

    private static async Task<string> ServeAsync(NetworkLab lab, string protocol, string address, int port) =>
        (await lab.Host.RunAsync("python3", "-c", Serve, protocol, address, $"{port}")).Trim();
}
