using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Hosting;
using VirtNet.Daemon.Tests.Fakes;

namespace VirtNet.Daemon.Tests.Hosting;

public sealed class MetricsEndpointTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metrics-").FullName;
    private readonly TestDaemon _daemon = new();
    private readonly MetricsEndpoint _endpoint;

    public MetricsEndpointTests() => _endpoint = Endpoint();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Place => Path.Combine(_folder, "metrics");

    public async ValueTask DisposeAsync()
    {
        await _endpoint.StopAsync(CancellationToken.None);
        _endpoint.Dispose();
        await _daemon.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4", "virtnet_rpc_calls_total 20")]
    [InlineData("GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text", "# EOF")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ", "metrics are at /metrics")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 ", "")]
    [InlineData("GET\r\n\r\n", "HTTP/1.1 400 ", "")]
    public async Task A_request_has_one_answer(string request, string head, string body)
    {
        await _endpoint.StartAsync(Token);
        string answer = await AskAsync(request);
        Assert.StartsWith(head, answer, StringComparison.Ordinal);
        Assert.Contains(body, answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_comes_without_the_metrics()
    {
        await _endpoint.StartAsync(Token);
        Assert.EndsWith("\r\n\r\n", await AskAsync("HEAD /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_without_end_or_goes_has_no_answer_and_others_have()
    {
        await _endpoint.StartAsync(Token);
        Assert.Equal("", await AskAsync(new string('x', 100_000)));
        (await ConnectAsync()).Dispose();
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync("GET /metrics HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_many_say_nothing_others_have_their_answer_at_once()
    {
        await _endpoint.StartAsync(Token);
        List<Socket> silent = [];
        for (int i = 0; i < 100; i++)
        {
            silent.Add(await ConnectAsync());
        }

        Assert.StartsWith(
            "HTTP/1.1 200 ", await AskAsync("GET /metrics HTTP/1.1\r\n\r\n").WaitAsync(TimeSpan.FromSeconds(4), Token), StringComparison.Ordinal);
        silent.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_socket_that_was_left_is_replaced_and_anything_else_is_not()
    {
        using (Socket left = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(Place));
        }

        await _endpoint.StartAsync(Token);
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync("GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);

        using MetricsEndpoint second = Endpoint();
        await Assert.ThrowsAsync<ConfigurationException>(() => second.StartAsync(Token));
        second.Dispose();
        Assert.True(File.Exists(Place));
    }

    private MetricsEndpoint Endpoint() => new(
        new DaemonOptions { MetricsListen = Place }, _daemon.Metrics, TimeProvider.System, NullLogger<MetricsEndpoint>.Instance);

    private async Task<Socket> ConnectAsync()
    {
        Socket reader = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        await reader.ConnectAsync(new UnixDomainSocketEndPoint(Place), Token);
        return reader;
    }

    private async Task<string> AskAsync(string request)
    {
        using Socket reader = await ConnectAsync();
        StringBuilder answer = new();
        try
        {
            await reader.SendAsync(Encoding.ASCII.GetBytes(request), Token);
            byte[] buffer = new byte[65536];
            while (await reader.ReceiveAsync(buffer, Token) is > 0 and int length)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }
        catch (SocketException)
        {
            // it was closed before all was sent
        }

        return answer.ToString();
    }
}
