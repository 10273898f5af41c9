using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Metrics;
using VirtNet.Linux.Files;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Metrics over HTTP/1.1, for whoever can connect: a few at a time, each for a few seconds and a few octets, one answer
/// a connection; who says nothing makes room for who comes. Nothing but metrics can be had here.
/// </summary>
internal sealed class MetricsEndpoint(DaemonOptions options, MetricsText metrics, TimeProvider time, ILogger<MetricsEndpoint> logger)
    : BackgroundService
{
    private const UnixFileMode EverybodyConnects = (UnixFileMode)0b110_110_110; // as to the socket for looking at networks
    private const int Backlog = 128; // more than that a UNIX socket refuses at once
    private const int AtOnce = 16;
    private const int MaxRequest = 8192;

    /// <summary>From the connection to the end of the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _turn = new(1, 1); // metrics are gathered once at a time
    private readonly List<Task> _serving = [];
    private readonly LinkedList<CancellationTokenSource> _limits = []; // the oldest first
    private Socket? _socket;
    private string? _file;

    /// <exception cref="ConfigurationException">Nobody can listen there.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.MetricsListen is { } place)
        {
            try
            {
                _socket = Listen(place);
                logger.MetricsServed(place);
            }
            catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
            {
                throw new ConfigurationException($"cannot listen on {place} for metrics (metrics_listen): {e.Message}");
            }
        }

        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _socket?.Dispose();
        if (_file is not null)
        {
            File.Delete(_file);
        }

        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_socket is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                Socket reader = await _socket.AcceptAsync(stoppingToken);
                _serving.RemoveAll(served => served.IsCompleted);
                _serving.Add(ServeInTimeAsync(reader, stoppingToken));
            }
            catch (OperationCanceledException)
            {
                break; // the daemon ends
            }
            catch (SocketException e)
            {
                logger.MetricsReaderLost(e.Message);
                await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(_serving);
    }

    private async Task ServeInTimeAsync(Socket reader, CancellationToken stoppingToken)
    {
        using Socket connection = reader;
        using CancellationTokenSource limit = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        Enter(either);
        try
        {
            await ServeAsync(connection, either.Token);
        }
        catch (OperationCanceledException)
        {
            // too slow, one too many, or the daemon ends
        }
#pragma warning disable CA1031 // whatever it was: it concerns this one, and not the daemon
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.MetricsReaderLost(e.Message);
        }
        finally
        {
            lock (_limits)
            {
                _limits.Remove(either);
            }
        }
    }

    private void Enter(CancellationTokenSource limit)
    {
        lock (_limits)
        {
            _limits.AddLast(limit);
            if (_limits.Count > AtOnce)
            {
                _ = _limits.First!.Value.CancelAsync(); // under the lock: whoever is on the list is not disposed
                _limits.RemoveFirst();
            }
        }
    }

    private Socket Listen(string place)
    {
        if (place.StartsWith('/'))
        {
            if (FileStatus.Of(place) is { IsSocket: true } && !UnixListeners.Contains(place))
            {
                File.Delete(place); // left by a daemon that was killed
            }

            Socket unix = Bound(
                new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(place));
            _file = place;
            File.SetUnixFileMode(place, EverybodyConnects);
            return unix;
        }

        IPEndPoint address = IPEndPoint.Parse(place);
        return Bound(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp), address);
    }

    private static Socket Bound(Socket socket, EndPoint place)
    {
        try
        {
            if (place is IPEndPoint)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true); // connections of a daemon before this one
            }

            socket.Bind(place);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ServeAsync(Socket reader, CancellationToken cancellationToken)
    {
        string? request = await ReadHeadAsync(reader, cancellationToken);
        if (request is null)
        {
            return;
        }

        string[] lines = request.Split("\r\n");
        Answer answer = lines[0].Split(' ') switch
        {
            ["GET" or "HEAD", "/metrics", var version] when version.StartsWith("HTTP/1.", StringComparison.Ordinal) =>
                await MetricsAsync(lines, cancellationToken),
            ["GET" or "HEAD", _, _] => new Answer("404 Not Found", MetricsText.PlainType, "metrics are at /metrics\n"),
            [_, _, _] => new Answer("405 Method Not Allowed", MetricsText.PlainType, "metrics are only read\n"),
            _ => new Answer("400 Bad Request", MetricsText.PlainType, "this is no request\n"),
        };
        byte[] content = Encoding.UTF8.GetBytes(answer.Body);
        byte[] head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {answer.Status}\r\nContent-Type: {answer.Type}\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n");
        await SendAsync(reader, head, cancellationToken);
        if (!lines[0].StartsWith("HEAD ", StringComparison.Ordinal))
        {
            await SendAsync(reader, content, cancellationToken);
        }

        reader.Shutdown(SocketShutdown.Send);
    }

    private async Task<Answer> MetricsAsync(string[] request, CancellationToken cancellationToken)
    {
        bool open = request.Any(line => line.StartsWith("Accept:", StringComparison.OrdinalIgnoreCase)
            && line.Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase));
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return new Answer(
                "200 OK", open ? MetricsText.OpenMetricsType : MetricsText.PlainType, await metrics.WriteAllAsync(open, cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Null for what has no end.</summary>
    private static async Task<string?> ReadHeadAsync(Socket reader, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxRequest];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await reader.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            string head = Encoding.Latin1.GetString(buffer, 0, length);
            if (head.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and int end)
            {
                return head[..end];
            }

            if (read == 0)
            {
                return null;
            }
        }

        return null;
    }

    private static async Task SendAsync(Socket reader, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        while (!content.IsEmpty)
        {
            content = content[await reader.SendAsync(content, cancellationToken)..];
        }
    }

    private sealed record Answer(string Status, string Type, string Body);
}
