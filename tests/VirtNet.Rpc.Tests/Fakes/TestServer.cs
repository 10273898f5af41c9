using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Server.Connections;

namespace VirtNet.Rpc.Tests.Fakes;

/// <summary>A server with a fake driver on a socket of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("virtnet-rpc-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _running;

    public TestServer(RpcServerOptions? options = null, TimeProvider? timeProvider = null, bool readOnly = false)
    {
        Path = System.IO.Path.Combine(_directory, "sock");
        Server = new RpcServer(
            options ?? new RpcServerOptions(),
            Driver,
            Driver,
            Driver,
            Interfaces,
            Driver,
            timeProvider ?? TimeProvider.System,
            NullLogger<RpcServer>.Instance);
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _running = Server.RunAsync(_listener, readOnly, _stop.Token);
    }

    public FakeNetworkDriver Driver { get; } = new();

    public FakeInterfaceDriver Interfaces { get; } = new();

    public RpcServer Server { get; }

    public string Path { get; }

    public LibvirtUri Uri => LibvirtUri.ForSocket(Path);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task<LibvirtConnection> OpenAsync(LibvirtConnectionOptions? options = null) =>
        LibvirtConnection.OpenAsync(Uri, options ?? new LibvirtConnectionOptions(), Token);

    public async Task<RawPeer> ConnectRawAsync()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), Token);
        return new RawPeer(socket);
    }

    /// <summary>Takes no more clients.</summary>
    public void CloseListener() => _listener.Dispose();

    /// <summary>Connected and opened.</summary>
    public async Task<RawPeer> OpenRawAsync(string name = "network:///system", uint flags = 0)
    {
        RawPeer peer = await ConnectRawAsync();
        RawPacket reply = await peer.CallAsync(1, new Payload().Optional(name).UInt(flags));
        Assert.Equal(0, reply.Status);
        return peer;
    }

    /// <summary>The driver's calls of this name wait until the source is set.</summary>
    public TaskCompletionSource Delay(string call)
    {
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Driver.Delays[call] = release.Task;
        return release;
    }

    /// <summary>Waits for what another thread is about to do.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            Assert.False(timeout.IsCancellationRequested, "it did not happen");
            await Task.Yield();
        }
    }

    /// <summary>Stops accepting and waits until the last connection has ended.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _listener.Dispose();
        Server.Dispose();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
