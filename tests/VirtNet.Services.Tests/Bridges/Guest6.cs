using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Wire.Tests.Dhcp6;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>A DHCPv6 client on a card of the test's own namespace.</summary>
internal sealed class Guest6 : IDisposable
{
    private const int BindToDevice = 25;

    private readonly Socket _socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPEndPoint _servers;

    public Guest6(string device, int index)
    {
        _socket.SetRawSocketOption(1, BindToDevice, Encoding.ASCII.GetBytes(device));
        _socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 546));
        _socket.ReceiveTimeout = 3000;
        _servers = new IPEndPoint(IPAddress.Parse($"ff02::1:2%{index}"), 547);
    }

    /// <summary>The server's answer; null if there is none.</summary>
    public byte[]? Ask(Dhcp6Request request)
    {
        Send(request);
        return Receive();
    }

    public void Send(Dhcp6Request request) => _socket.SendTo(request.ToArray(), _servers);

    /// <inheritdoc cref="Ask"/>
    public byte[]? Receive()
    {
        byte[] answer = new byte[1500];
        try
        {
            return answer[.._socket.Receive(answer)];
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>The value of an option on the message's own level.</summary>
    public static byte[]? Option(byte[] message, ushort code)
    {
        for (int at = 4; at + 4 <= message.Length; at += 4 + ((message[at + 2] << 8) | message[at + 3]))
        {
            if (((message[at] << 8) | message[at + 1]) == code)
            {
                return message[(at + 4)..(at + 4 + ((message[at + 2] << 8) | message[at + 3]))];
            }
        }

        return null;
    }

    /// <summary>The address in the first IA; null if there is none.</summary>
    public static IPAddress? AddressIn(byte[]? message) =>
        message is not null && Option(message, 3) is [_, _, _, _, _, _, _, _, _, _, _, _, 0, 5, _, _, .. var rest]
            ? new IPAddress(rest.AsSpan(0, 16))
            : null;

    public void Dispose() => _socket.Dispose();
}
