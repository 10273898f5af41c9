using System.Net;
using System.Net.Sockets;
using VirtNet.Linux;

namespace VirtNet.Daemon.Publishing;

/// <summary>A published port of the host, that no process is to take unseen while connections to it go elsewhere.</summary>
/// <param name="Address">The unspecified one = every address of its family.</param>
internal readonly record struct HeldPort(bool IsUdp, IPAddress Address, ushort Port)
{
    private const ushort Return = 0x06; // BPF_RET | BPF_K

    private static readonly Libc.FilterStep[] s_nothing = [new(Return, 0, 0, 0)];

    /// <summary>
    /// Takes it. Whoever binds it later is told that it is in use, also who would share it. For TCP nobody listens: what is not
    /// translated is refused as before. For UDP nothing is kept of what arrives.
    /// </summary>
    /// <exception cref="SystemCallException">Somebody has it.</exception>
    public unsafe IDisposable Open()
    {
        bool ipv6 = Address.AddressFamily == AddressFamily.InterNetworkV6;
        FileDescriptor socket = Libc.Checked(
            Libc.Socket(
                ipv6 ? Libc.AfInet6 : Libc.AfInet, (IsUdp ? Libc.SockDgram : Libc.SockStream) | Libc.SockNonBlocking | Libc.SockCloseOnExec, 0),
            "socket").OutOfTheWay();
        try
        {
            if (ipv6)
            {
                Libc.SetOption(socket, Libc.SolIpv6, Libc.Ipv6Only, 1);
            }

            if (IsUdp)
            {
                Libc.AttachFilter(socket, s_nothing); // before there is anything
            }

            // An address may come later than what is published there.
            Libc.SetOption(socket, ipv6 ? Libc.SolIpv6 : Libc.SolIp, ipv6 ? Libc.Ipv6FreeBind : Libc.IpFreeBind, 1);
            SocketAddress local = new IPEndPoint(Address, Port).Serialize();
            fixed (byte* start = local.Buffer.Span)
            {
                Libc.Check(Libc.Bind(socket, start, (uint)local.Size), "bind");
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
