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
                if (await TrySendAsync(_socket.Everybody, _content))
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
                    await TrySendAsync(asker, _content);
                    continue;
                }

                // Everybody hears this one, so a flood of such questions must not become a flood of answers.
                await Task.Delay(_schedule.UntilAllowed(), _clock, _stopping.Token);
                await TrySendAsync(_socket.Everybody, _content);
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
