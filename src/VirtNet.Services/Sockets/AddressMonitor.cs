using System.Runtime.InteropServices;
using VirtNet.Linux;
using VirtNet.Linux.Netlink;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Follows interfaces and addresses of this host (rtnetlink groups). Which of them changed in short order is told in one
/// call, on the loop's thread, after which the caller asks for those; what addresses there are is known at any time.
/// </summary>
internal sealed unsafe class AddressMonitor : IAsyncDisposable
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Action<LinkChanges> _changed;
    private readonly IAsyncDisposable _watch;
    private readonly FileDescriptor _socket;
    private readonly LoopTimer _timer;
    private readonly byte[] _buffer = new byte[NetlinkSocket.DatagramLimit];
    private LinkChanges _changes = new();
    private bool _hasMissed;

    public AddressMonitor(DatagramLoop loop, Action<LinkChanges> changed)
    {
        _changed = changed;
        _timer = loop.CreateTimer(Tell);
        _socket = NetlinkSocket.OpenToListen(
            NetlinkFamily.Route, waits: false, NetlinkGroup.Link, NetlinkGroup.Ipv4Address, NetlinkGroup.Ipv6Address);
        Addresses.Replace(HostAddresses.Read()); // after it listens, before it reads: nothing is missed
        _watch = loop.Watch(_socket, OnReadable);
    }

    /// <summary>The addresses of this host. The loop's thread only.</summary>
    public AddressIndex Addresses { get; } = new();

    public ValueTask DisposeAsync() => _watch.DisposeAsync();

    private void OnReadable()
    {
        bool complete = true;
        while (true)
        {
            nint length;
            fixed (byte* start = _buffer)
            {
                // With this flag the length is that of the datagram, even if it did not fit.
                length = Libc.Receive(_socket, start, (nuint)_buffer.Length, Libc.MsgDontWait | Libc.MsgTruncated);
            }

            if (length < 0 && Marshal.GetLastPInvokeError() is Libc.Eagain)
            {
                break;
            }

            complete &= length > 0 && length <= _buffer.Length; // an overrun is an error
            if (length > 0)
            {
                Read(_buffer.AsSpan(0, (int)Math.Min(length, _buffer.Length)));
            }
        }

        if (!complete)
        {
            _changes.Everything = true;
            _hasMissed = true;
        }

        if (!_timer.IsRunning)
        {
            _timer.Start(Settle);
        }
    }

    private void Read(ReadOnlySpan<byte> datagram)
    {
        foreach (HostChange change in new HostChanges(datagram))
        {
            _changes.Indexes.Add(change.Index);
            if (!change.Address.IsNone && change.IsGone)
            {
                Addresses.Remove(new HostAddress(change.Index, change.Address));
            }
            else if (!change.Address.IsNone)
            {
                Addresses.Add(new HostAddress(change.Index, change.Address));
            }
        }
    }

    private void Tell()
    {
        LinkChanges changes = _changes;
        _changes = new LinkChanges();
        CatchUp();
        _changed(changes);
    }

    /// <summary>Asks for all addresses where announcements were lost; as often as it takes, or they would stay unknown.</summary>
    private void CatchUp()
    {
        if (!_hasMissed)
        {
            return;
        }

        try
        {
            Addresses.Replace(HostAddresses.Read());
            _hasMissed = false;
        }
        catch (SystemCallException)
        {
            _timer.Start(RetryInterval);
        }
    }
}
