using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Linux.Netlink;

namespace VirtNet.Linux.Tests.Netlink;

/// <summary>The other end of the listener's socket is the test, not the kernel.</summary>
public sealed class NetlinkListenerTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Socket _kernel = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly FakeTimeProvider _clock = new();
    private readonly SemaphoreSlim _told = new(0);
    private readonly NetlinkListener _listener;
    private int _handled;
    private int _missed;
    private int _failures;
    private Exception _failure = new IOException("the kernel does not answer");
    private Exception? _reason;

    public NetlinkListenerTests()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _kernel.Connect(socket.LocalEndPoint!);
        _listener = new NetlinkListener(socket, Handle, Missed, _clock);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _kernel.Dispose();
        _told.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_announced_is_heard()
    {
        await AnnounceAsync();
        await AnnounceAsync();
        Assert.Equal((2, 0), (_handled, _missed));
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_cannot_be_handled_is_one_that_was_missed_and_the_next_is_heard()
    {
        _failures = 1;
        await AnnounceAsync(); // handled, in vain
        Assert.True(await _told.WaitAsync(Limit, Token)); // missed
        await AnnounceAsync();
        Assert.Equal((2, 1), (_handled, _missed));
    }

    [Fact(Timeout = 60_000)]
    public async Task When_catching_up_fails_it_is_tried_again_and_what_comes_then_is_heard()
    {
        _failures = 3;
        await AnnounceAsync();
        Assert.True(await _told.WaitAsync(Limit, Token));
        for (int again = 0; again < 2; again++)
        {
            while (!await _told.WaitAsync(TimeSpan.FromMilliseconds(20), Token))
            {
                _clock.Advance(TimeSpan.FromSeconds(1)); // the pause may not have begun yet
            }
        }

        await AnnounceAsync();
        Assert.Equal((2, 3), (_handled, _missed));
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_nobody_can_make_out_is_told_of_and_the_next_is_heard()
    {
        _failure = new ArgumentOutOfRangeException();
        _failures = 2; // once more when it catches up
        await AnnounceAsync();
        Assert.True(await _told.WaitAsync(Limit, Token));
        while (!await _told.WaitAsync(TimeSpan.FromMilliseconds(20), Token))
        {
            _clock.Advance(TimeSpan.FromSeconds(1)); // the pause may not have begun yet
        }

        await AnnounceAsync();
        Assert.Equal((2, 2, _failure), (_handled, _missed, _reason));
    }

    private async Task AnnounceAsync()
    {
        byte[] message = new byte[NetlinkWriter.HeaderLength];
        message[0] = NetlinkWriter.HeaderLength;
        await _kernel.SendAsync(message, Token);
        Assert.True(await _told.WaitAsync(Limit, Token));
    }

    private void Handle(in NetlinkMessage message) => Tell(ref _handled);

    private void Missed(Exception? unforeseen)
    {
        _reason = unforeseen;
        Tell(ref _missed);
    }

    private void Tell(ref int count)
    {
        count++;
        _told.Release();
        if (_failures > 0)
        {
            _failures--;
            throw _failure;
        }
    }
}
