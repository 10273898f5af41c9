using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Ndisc;

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

    /// <summary>That guests without an address ask: as everybody hears the answer, one is enough for all who ask meanwhile.</summary>
    private readonly Channel<bool> _everybodyAsks = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private Task _running = Task.CompletedTask;
    private volatile RaContent _content;
    private long _sentAsked;
    private long _sentUnasked;
    private long _notSent;

    /// <param name="guestsWait">Guests were there before IPv6 was.</param>
    public RaServer(
        string bridge, RaContent content, bool guestsWait, RaSockets sockets, TimeProvider clock, Random random, ILogger logger)
    {
        _bridge = bridge;
        _content = content;
        _clock = clock;
        _logger = logger;
        _socket = new RaSocket(bridge, sockets);
        _schedule = new RaSchedule(guestsWait, random, clock);
    }

    /// <summary>What was sent so far. Safe on any thread.</summary>
    public IEnumerable<NetworkCounter> Counters =>
    [
        new("ra.asked", Interlocked.Read(ref _sentAsked)),
        new("ra.unasked", Interlocked.Read(ref _sentUnasked)),
        new("ra.not-sent", Interlocked.Read(ref _notSent)),
    ];

    /// <summary>Answers and advertises from now on. Throws <see cref="SystemCallException"/>.</summary>
    public void Open()
    {
        _socket.Open(OnSolicitation);
        _running = Task.WhenAll(AnswerEverybodyAsync(), AdvertiseAsync());
    }

    public bool Serves(string bridge) => _socket.Serves(bridge);

    /// <summary>Advertises something else from now on, and tells everybody at once.</summary>
    public void Change(RaContent content)
    {
        RaContent former = _content;
        _content = content;
        if (!content.SaysTheSame(former))
        {
            TrySend(_socket.Everybody, content.InPlaceOf(former));
        }
    }

    /// <summary>Tells guests that there is no IPv6 here any more, though the network goes on, and ends.</summary>
    public async Task WithdrawAsync()
    {
        Change(_content with { Advertisement = _content.Advertisement with { RouterLifetime = 0, Prefixes = [] } });
        await LeaveAsync();
    }

    /// <summary>Tells guests that this router is gone (RFC 4861 section 6.2.5) and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        TrySend(_socket.Everybody, _content with { Advertisement = _content.Advertisement with { RouterLifetime = 0 } });
        await LeaveAsync();
    }

    /// <summary>Ends without a word: somebody else goes on advertising soon.</summary>
    public async Task LeaveAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await _socket.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AdvertiseAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_schedule.UntilNext(_content.Interval), _clock, _stopping.Token);
                bool sent = TrySend(_socket.Everybody, _content);
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

    /// <summary>A flood of such questions must not become a flood of answers that everybody hears.</summary>
    private async Task AnswerEverybodyAsync()
    {
        try
        {
            while (true)
            {
                await _everybodyAsks.Reader.WaitToReadAsync(_stopping.Token);
                await Task.Delay(_schedule.UntilAllowed(), _clock, _stopping.Token);
                _everybodyAsks.Reader.TryRead(out _);
                Count(TrySend(_socket.Everybody, _content), ref _sentAsked);
                _schedule.Sent();
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
    }

    /// <summary>On the loop's thread. A guest that has an address is answered at once, and alone.</summary>
    private void OnSolicitation(NetEndpoint from, ReadOnlySpan<byte> message)
    {
        if (!RouterSolicitation.IsValid(message))
        {
            return;
        }

        if (from.Address.IsLinkLocalV6)
        {
            Count(TrySend(from, _content), ref _sentAsked);
        }
        else if (from.Address == NetAddress.AnyV6)
        {
            _everybodyAsks.Writer.TryWrite(true);
        }
    }

    private void Count(bool sent, ref long kind) => Interlocked.Increment(ref sent ? ref kind : ref _notSent);

    private bool TrySend(NetEndpoint to, RaContent content)
    {
        try
        {
            NetAddress linkLocal = _socket.FindLinkLocal();
            if (linkLocal.IsNone)
            {
                return false; // without it an advertisement has no valid source
            }

            _socket.Send(content.ToMessage(linkLocal.ToIPAddress()), linkLocal, to);
            return true;
        }
        catch (SystemCallException e)
        {
            _logger.AdvertisementFailed(_bridge, e.Message);
            return false;
        }
    }
}
