using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Tells when interfaces or addresses of this host change (rtnetlink groups). It says no more than that: several changes
/// in short order are one call, on the loop's thread, after which the caller looks for itself.
/// </summary>
internal sealed unsafe class AddressMonitor : IAsyncDisposable
{
    private const int NetlinkRoute = 0;
    private const uint LinkGroup = 0x1;
    private const uint Ipv4AddressGroup = 0x10;
    private const uint Ipv6AddressGroup = 0x100;

    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(20);

    private readonly IAsyncDisposable _watch;
    private readonly FileDescriptor _socket;
    private readonly LoopTimer _timer;
    private readonly byte[] _buffer = new byte[8192];

    public AddressMonitor(DatagramLoop loop, Action changed)
    {
        _timer = loop.CreateTimer(changed);
        _socket = Libc.Checked(
            Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, NetlinkRoute),
            "socket(netlink)");
        byte* local = stackalloc byte[12]; // struct sockaddr_nl
        new Span<byte>(local, 12).Clear();
        *(ushort*)local = Libc.AfNetlink;
        *(uint*)(local + 8) = LinkGroup | Ipv4AddressGroup | Ipv6AddressGroup;
        Libc.Check(Libc.Bind(_socket, local, 12), "bind(netlink)");
        _watch = loop.Watch(_socket, OnReadable);
    }

    public ValueTask DisposeAsync() => _watch.DisposeAsync();

    private void OnReadable()
    {
        nint length;
        do
        {
            fixed (byte* start = _buffer)
            {
                length = Libc.Receive(_socket, start, (nuint)_buffer.Length, Libc.MsgDontWait);
            }
        }
        while (length > 0 || (length < 0 && Marshal.GetLastPInvokeError() is not Libc.Eagain)); // an overrun is a change too

        if (!_timer.IsRunning)
        {
            _timer.Start(Settle);
        }
    }
}
