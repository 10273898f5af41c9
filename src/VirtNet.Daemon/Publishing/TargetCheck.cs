using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Daemon.Files;

namespace VirtNet.Daemon.Publishing;

/// <summary>Asks a target once.</summary>
internal static class TargetCheck
{
    /// <summary>Of an answer by HTTP no more is read: its first line is short.</summary>
    private const int MaxStatusLine = 1024;

    /// <returns>Whether it answers as it should.</returns>
    public static async Task<bool> AskAsync(CheckedTarget target, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(target.Check.Timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using Socket socket = new(target.At.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(target.At, either.Token);
            return target.Check.Path is not { } path || await GetAsync(socket, target.At, path, either.Token) is >= 100 and < 400;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <returns>The status; 0 for what is no HTTP.</returns>
    private static async Task<int> GetAsync(Socket socket, IPEndPoint at, string path, CancellationToken cancellationToken)
    {
        string request = $"GET {path} HTTP/1.1\r\nHost: {at}\r\nUser-Agent: virtnetd\r\nConnection: close\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        byte[] answer = new byte[MaxStatusLine];
        int length = 0;
        while (length < answer.Length && !answer.AsSpan(0, length).Contains((byte)'\n'))
        {
            int read = await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return StatusOf(answer.AsSpan(0, length));
    }

    /// <summary><c>HTTP/1.1 200 OK</c> (RFC 9112, 4).</summary>
    internal static int StatusOf(ReadOnlySpan<byte> line) =>
        line.StartsWith("HTTP/1."u8) && line.Length >= 12 && line[8] == ' '
        && char.IsAsciiDigit((char)line[9]) && char.IsAsciiDigit((char)line[10]) && char.IsAsciiDigit((char)line[11])
            ? ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0' : 0;
}
