using System.Net.Sockets;
using VirtNet.Rpc.Client;

namespace VirtNet.Rpc.Tests.Fakes;

/// <summary>The server's end of one connection, played by the test.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("virtnet-rpc-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private RawPeer? _peer;

    public ScriptedServer()
    {
        Path = System.IO.Path.Combine(_directory, "sock");
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
    }

    public string Path { get; }

    public RawPeer Peer => _peer ?? throw new InvalidOperationException("nobody is connected");

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task<LibvirtConnection> StartOpen(LibvirtConnectionOptions? options = null, string parameters = "") =>
        LibvirtConnection.OpenAsync(
            LibvirtUri.Parse($"network:///system?socket={Path}{parameters}"), options ?? new LibvirtConnectionOptions(), Token);

    public async Task AcceptAsync() => _peer = new RawPeer(await _listener.AcceptAsync(Token));

    /// <summary>A connection that was opened the usual way.</summary>
    public async Task<LibvirtConnection> OpenAsync(LibvirtConnectionOptions? options = null)
    {
        Task<LibvirtConnection> opening = StartOpen(options);
        await AcceptAsync();
        await AnswerAsync(66, new Payload().Int(1).Int(0));
        if (options?.KeepAliveInterval > TimeSpan.Zero)
        {
            await AnswerAsync(60, new Payload().Int(1));
        }

        await AnswerAsync(1);
        return await opening;
    }

    /// <summary>Takes the next call, which must be of this procedure.</summary>
    public async Task<RawPacket> ExpectAsync(int procedure, uint program = RawPeer.Remote)
    {
        RawPacket call = await Peer.ReceiveAsync();
        Assert.Equal((program, 1u, procedure, 0, 0), (call.Program, call.Version, call.Procedure, call.Type, call.Status));
        return call;
    }

    public async Task<RawPacket> AnswerAsync(int procedure, Payload? result = null)
    {
        RawPacket call = await ExpectAsync(procedure);
        await ReplyAsync(call, result);
        return call;
    }

    public Task ReplyAsync(RawPacket call, Payload? result = null) =>
        Peer.SendAsync(call with { Type = 1, Payload = (result ?? new Payload()).ToArray() });

    /// <summary>An error as stock libvirt sends it, with all its strings.</summary>
    public Task FailAsync(RawPacket call, int code, int domain, string message) => Peer.SendAsync(call with
    {
        Type = 1,
        Status = 1,
        Payload = new Payload().Int(code).Int(domain).Optional(message).Int(2).UInt(0)
            .Optional("%s").Optional(message).Optional(null).Int(-1).Int(-1).UInt(0).ToArray(),
    });

    public void Dispose()
    {
        _peer?.Dispose();
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
