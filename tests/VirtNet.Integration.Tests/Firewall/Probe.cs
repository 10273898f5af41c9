using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>TCP connections from inside namespaces, to listeners that tell each client where it was seen from.</summary>
internal sealed class Probe : IDisposable
{
    private const int Port = 7000;

    /// <summary>Less than the three seconds after which the kernel gives up looking for a neighbour.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private readonly List<Socket> _listeners = [];

    public void Listen(NetworkNamespace space)
    {
        foreach (IPAddress any in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            Socket listener = space.Run(() =>
            {
                Socket made = new(any.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                if (any.AddressFamily == AddressFamily.InterNetworkV6)
                {
                    made.DualMode = false;
                }

                made.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                made.Bind(new IPEndPoint(any, Port));
                made.Listen();
                return made;
            });
            _listeners.Add(listener);
            ThreadPool.QueueUserWorkItem(async _ => await ServeAsync(listener));
        }
    }

    /// <returns><c>ACCEPT</c> and the address and port seen, <c>REJECT</c>, <c>NO-ANSWER</c> or <c>NO-ROUTE</c>.</returns>
    public static async Task<ProbeResult> ConnectAsync(NetworkNamespace space, IPAddress target, IPEndPoint? source)
    {
        using Socket socket = space.Run(() =>
        {
            Socket made = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            made.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (source is not null)
            {
                made.Bind(source);
            }

            return made;
        });
        using CancellationTokenSource timeout = new(Patience);
        try
        {
            await socket.ConnectAsync(target, Port, timeout.Token);
            byte[] answer = new byte[100];
            int length = await socket.ReceiveAsync(answer, timeout.Token);
            return new ProbeResult("ACCEPT", IPEndPoint.Parse(Encoding.ASCII.GetString(answer, 0, length)));
        }
        catch (OperationCanceledException)
        {
            return new ProbeResult("NO-ANSWER");
        }
        catch (SocketException e)
        {
            return new ProbeResult(e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "REJECT",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable => "NO-ROUTE",
                _ => e.SocketErrorCode.ToString(),
            });
        }
    }

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());

    private static async Task ServeAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptAsync();
                await client.SendAsync(Encoding.ASCII.GetBytes(client.RemoteEndPoint?.ToString() ?? ""));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed with the test
        }
    }
}

internal sealed record ProbeResult(string Verdict, IPEndPoint? SeenFrom = null);
