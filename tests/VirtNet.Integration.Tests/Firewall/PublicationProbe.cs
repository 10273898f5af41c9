using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>Listeners that tell a client who they are and where they see it, and clients that ask them.</summary>
internal sealed class PublicationProbe : IDisposable
{
    /// <summary>An error of the network may arrive while a socket is busy: a repeated SYN, after a second, meets it again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    private readonly List<Socket> _listeners = [];

    /// <param name="who">What it calls itself.</param>
    public void Listen(NetworkNamespace space, string who, int port, bool udp = false)
    {
        foreach (IPAddress any in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            Socket listener = space.Run(() => Open(any, udp));
            listener.Bind(new IPEndPoint(any, port));
            _listeners.Add(listener);
            if (!udp)
            {
                listener.Listen();
            }

            ThreadPool.QueueUserWorkItem(async _ => await (udp ? EchoAsync(listener, who) : ServeAsync(listener, who)));
        }
    }

    /// <summary>Asks as each row says (from where, address and port, UDP with <c>/udp</c>), and expects what stands behind that.</summary>
    /// <param name="holds">Whether what is heard is what a row expects.</param>
    public static async Task CheckRowsAsync(FirewallTopology topology, string rows, Func<string, string, bool> holds)
    {
        List<string> wrong = [];
        foreach (string row in rows.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            bool udp = words[1].EndsWith("/udp", StringComparison.Ordinal);
            IPEndPoint to = IPEndPoint.Parse(udp ? words[1][..^4] : words[1]);
            string heard = await AskAsync(topology[words[0]], to.Address, to.Port, udp);
            if (!holds(heard, string.Join(' ', words[2..])))
            {
                wrong.Add($"{row}   but: {heard}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <returns><c>WHO ADDRESS</c>, <c>REJECT</c>, <c>NO-ANSWER</c> or <c>NO-ROUTE</c>.</returns>
    public static async Task<string> AskAsync(NetworkNamespace space, IPAddress to, int port, bool udp = false, int localPort = 0)
    {
        using Socket socket = space.Run(() => Open(to, udp));
        using CancellationTokenSource timeout = new(Patience);
        try
        {
            if (localPort > 0)
            {
                socket.Bind(new IPEndPoint(to.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, localPort));
            }

            await socket.ConnectAsync(new IPEndPoint(to, port), timeout.Token);
            if (udp)
            {
                await socket.SendAsync("?"u8.ToArray(), timeout.Token);
            }

            byte[] answer = new byte[100];
            int length = await socket.ReceiveAsync(answer, timeout.Token);
            return Encoding.ASCII.GetString(answer, 0, length);
        }
        catch (OperationCanceledException)
        {
            return "NO-ANSWER";
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "REJECT",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable => "NO-ROUTE",
                _ => e.SocketErrorCode.ToString(),
            };
        }
    }

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());

    private static Socket Open(IPAddress family, bool udp)
    {
        Socket made = udp ? new Socket(family.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(family.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (family.AddressFamily == AddressFamily.InterNetworkV6)
        {
            made.DualMode = false;
        }

        return made;
    }

    private static async Task ServeAsync(Socket listener, string who)
    {
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptAsync();
                await client.SendAsync(Encoding.ASCII.GetBytes($"{who} {((IPEndPoint)client.RemoteEndPoint!).Address}"));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed with the test
        }
    }

    private static async Task EchoAsync(Socket listener, string who)
    {
        try
        {
            byte[] question = new byte[100];
            EndPoint any = new IPEndPoint(listener.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
            while (true)
            {
                SocketReceiveFromResult from = await listener.ReceiveFromAsync(question, any);
                await listener.SendToAsync(Encoding.ASCII.GetBytes($"{who} {((IPEndPoint)from.RemoteEndPoint).Address}"), from.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed with the test
        }
    }
}
