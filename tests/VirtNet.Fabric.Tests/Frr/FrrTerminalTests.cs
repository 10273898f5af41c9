using System.Net.Sockets;
using VirtNet.Fabric.Frr;

namespace VirtNet.Fabric.Tests.Frr;

public sealed class FrrTerminalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("frr-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 30_000)]
    public async Task Who_gives_up_waiting_for_an_answer_leaves_no_connection_behind()
    {
        using CancellationTokenSource patience = new();
        string path = Path.Combine(_folder, "bgpd.vty");
        using Socket bgpd = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        bgpd.Bind(new UnixDomainSocketEndPoint(path));
        bgpd.Listen();
        Task<FrrTerminal?> opening = FrrTerminal.OpenAsync(path, patience.Token);
        using Socket asked = await bgpd.AcceptAsync(TestContext.Current.CancellationToken);
        byte[] question = new byte[64];
        Assert.True(await asked.ReceiveAsync(question, TestContext.Current.CancellationToken) > 0);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Equal(0, await asked.ReceiveAsync(question, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_none() =>
        Assert.Null(await FrrTerminal.OpenAsync(Path.Combine(_folder, "none"), TestContext.Current.CancellationToken));
}
