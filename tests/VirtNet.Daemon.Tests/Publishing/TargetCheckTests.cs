using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Publishing;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Tests.Publishing;

public class TargetCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", true)]
    [InlineData("HTTP/1.0 302 Found\r\nLocation: /\r\n\r\n", true)]
    [InlineData("HTTP/1.1 399 Nearly\r\n", true)]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", false)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n", false)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", false)]
    [InlineData("HTTP/1.1 2x0 OK\r\n", false)]
    [InlineData("", false)]
    public async Task By_HTTP_the_status_decides(string answer, bool isThere)
    {
        using TcpListener target = Listen();
        Task<string> question = AnswerAsync(target, answer);
        Assert.Equal(isThere, await AskAsync(target, new PublicationCheck { Path = "/up?x=1" }));
        Assert.StartsWith("GET /up?x=1 HTTP/1.1\r\nHost: 127.0.0.1:", await question, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_says_nothing_or_no_end_is_not_there()
    {
        using TcpListener silent = Listen();
        Assert.False(await AskAsync(silent, new PublicationCheck { Path = "/", Timeout = TimeSpan.FromMilliseconds(100) }));
        Assert.True(await AskAsync(silent, new PublicationCheck()));

        using TcpListener endless = Listen();
        Task<string> question = AnswerAsync(endless, new string('x', 1 << 16));
        Assert.False(await AskAsync(endless, new PublicationCheck { Path = "/" }));
        await question;
    }

    [Fact]
    public async Task Who_does_not_listen_is_not_there()
    {
        TcpListener target = Listen();
        target.Stop();
        CheckedTarget closed = new("web", (IPEndPoint)target.LocalEndpoint, new PublicationCheck());
        Assert.False(await TargetCheck.AskAsync(closed, TimeProvider.System, Cancel));
    }

    private static Task<bool> AskAsync(TcpListener target, PublicationCheck check) =>
        TargetCheck.AskAsync(new CheckedTarget("web", (IPEndPoint)target.LocalEndpoint, check), TimeProvider.System, Cancel);

    private static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static async Task<string> AnswerAsync(TcpListener target, string answer)
    {
        using Socket client = await target.AcceptSocketAsync(Cancel);
        byte[] heard = new byte[1024];
        int length = await client.ReceiveAsync(heard, Cancel);
        try
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(answer), Cancel);
            client.Shutdown(SocketShutdown.Send);
            await client.ReceiveAsync(new byte[1], Cancel);
        }
        catch (SocketException)
        {
            // it has heard enough
        }

        return Encoding.ASCII.GetString(heard, 0, length);
    }
}
