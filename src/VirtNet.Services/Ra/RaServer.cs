using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ra;

/// <summary>Advertises one network on its bridge: by itself now and then, and whenever a guest asks.</summary>
internal sealed class RaServer : IAsyncDisposable
{
    private readonly RaSocket _socket;
    private readonly RaSchedule _schedule;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _bridge;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _asked;
    private readonly Task _unasked;
    private volatile RaContent _content;
    private long _sentAsked;
    private long _sentUnasked;
    private long _notSent;

    /// <param name="guestsWait">Guests were there before IPv6 was.</param>
    public RaServer(
        string bridge, RaContent content, bool guestsWait, KeptSockets kept, TimeProvider clock, Random random, ILogger logger)
    {
        _bridge = bridge;
        _content = content;
        _clock = clock;
        _logger = logger;
        _socket = new RaSocket(bridge, kept);
        _schedule = new RaSchedule(guestsWait, random, clock);
        _asked = AnswerAsync();
        _unasked = AdvertiseAsync();
    }

    /// <summary>What was sent so far. Safe on any thread.</summary>
    public IEnumerable<NetworkCounter> Counters =>
    [
        new("ra.asked", Interlocked.Read(ref _sentAsked)),
        new("ra.unasked", Interlocked.Read(ref _sentUnasked)),
        new("ra.not-sent", Interlocked.Read(ref _notSent)),
    ];

    public bool Serves(string bridge) => _socket.Serves(bridge);

    /// <summary>Advertises something else from now on, and tells everybody at once.</summary>
    public async Task ChangeAsync(RaContent content)
    {
        RaContent former = _content;
        _content = content;
        if (!content.SaysTheSame(former))
        {
            await TrySendAsync(_socket.Everybody, content.InPlaceOf(former));
        }
    }

    /// <summary>Tells guests that there is no IPv6 here any more, though the network goes on, and ends.</summary>
    public async Task WithdrawAsync()
    {
        await ChangeAsync(_content with { Advertisement = _content.Advertisement with { RouterLifetime = 0, Prefixes = [] } });
        await LeaveAsync();
    }

    /// <summary>Tells guests that this router is gone (RFC 4861 section 6.2.5) and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await TrySendAsync(_socket.Everybody, _content with { Advertisement = _content.Advertisement with { RouterLifetime = 0 } });
        await LeaveAsync();
    }

    /// <summary>Ends without a word: somebody else goes on advertising soon.</summary>
    public async Task LeaveAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_asked, _unasked);
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task AdvertiseAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_schedule.UntilNext(_content.Interval), _clock, _stopping.Token);
                bool sent = await TrySendAsync(_socket.Everybody, _content);
                Count(sent, ref _sentUnasked);
                if (sent)
                {
                    _schedule.Sent();
                }
                else
                {
                    _schedule.NotSent();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
    }

    private async Task AnswerAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                IPEndPoint? asker = await _socket.ReceiveAsync(_stopping.Token);
                if (asker is not null)
                {
                    Count(await TrySendAsync(asker, _content), ref _sentAsked);
                    continue;
                }

                // Everybody hears this one, so a flood of such questions must not become a flood of answers.
                await Task.Delay(_schedule.UntilAllowed(), _clock, _stopping.Token);
                Count(await TrySendAsync(_socket.Everybody, _content), ref _sentAsked);
                _schedule.Sent();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                _logger.SolicitationFailed(_bridge, e.Message);
                if (e.SocketErrorCode is SocketError.OperationAborted || !_socket.Serves(_bridge))
                {
                    return; // the bridge is gone; a repair makes a new server
                }
            }
        }
    }

    private void Count(bool sent, ref long kind) => Interlocked.Increment(ref sent ? ref kind : ref _notSent);

    private async Task<bool> TrySendAsync(IPEndPoint to, RaContent content)
    {
        if (_socket.FindLinkLocal() is not { } linkLocal)
        {
            return false; // without it an advertisement has no valid source
        }

        try
        {
            await _socket.SendAsync(content.ToMessage(linkLocal), to, CancellationToken.None);
            return true;
        }
        catch (SocketException e)
        {
            _logger.AdvertisementFailed(_bridge, e.Message);
            return false;
        }
    }
}
