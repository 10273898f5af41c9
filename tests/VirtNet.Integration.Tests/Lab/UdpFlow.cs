namespace VirtNet.Integration.Tests.Lab;

/// <summary>A thousand datagrams a second from a guest to another place and back, through whatever is between.</summary>
internal sealed class UdpFlow
{
    private const string Echo = """
        import socket
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("0.0.0.0", 7))
        print("bound", flush=True)
        while True:
            server.sendto(*server.recvfrom(100))
        """;

    /// <summary>Sends numbers from one socket until a file appears; prints how many of how many did not come back.</summary>
    private const string Flow = """
        import os, select, socket, sys, time
        flow = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        flow.connect((sys.argv[1], 7))
        sent, back, end = 0, set(), time.monotonic() + 300
        while time.monotonic() < end and not os.path.exists(sys.argv[2]):
            flow.send(str(sent).encode())
            sent += 1
            next = time.monotonic() + 0.001
            while (rest := next - time.monotonic()) > 0:
                if select.select([flow], [], [], rest)[0]:
                    back.add(flow.recv(100))
                    if len(back) == 1:
                        print("flowing", flush=True)
        flow.settimeout(1)
        try:
            while len(back) < sent:
                back.add(flow.recv(100))
        except TimeoutError:
            pass
        print(f"lost {sent - len(back)} of {sent}")
        """;

    private readonly BackgroundProgram _program;
    private readonly string _stop;

    private UdpFlow(BackgroundProgram program, string stop)
    {
        _program = program;
        _stop = stop;
    }

    /// <summary>Ends when the first datagram has come back.</summary>
    /// <param name="guest">Has an address and a way to the other place.</param>
    /// <param name="other">The outside world, unless it has another address.</param>
    public static async Task<UdpFlow> StartAsync(
        NetworkLab lab, NetworkNamespace guest, NetworkNamespace other, string address = NetworkLab.OutsideAddress)
    {
        BackgroundProgram echo = other.Start("python3", "-c", Echo);
        await Wait.UntilAsync(() => Task.FromResult(echo.Output.Length > 0), "the echo");
        await Wait.UntilAsync(async () => (await guest.TryAsync("ping", "-c1", "-W1", address)).ExitCode == 0, "a way to the echo");
        string stop = Path.Combine(lab.Scratch, $"stop-flow-to-{address}");
        BackgroundProgram program = guest.Start("python3", "-c", Flow, address, stop);
        await Wait.UntilAsync(() => Task.FromResult(program.Output.Length > 0), "the flow");
        return new UdpFlow(program, stop);
    }

    /// <returns>lost N of M</returns>
    public async Task<string> StopAsync()
    {
        await File.WriteAllTextAsync(_stop, "");
        await _program.WaitForEndAsync();
        return _program.Output.Trim().Split('\n')[^1];
    }
}
