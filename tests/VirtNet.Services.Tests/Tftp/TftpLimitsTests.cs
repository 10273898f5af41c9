using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tftp;
using VirtNet.Wire.Tftp;

namespace VirtNet.Services.Tests.Tftp;

/// <summary>How many transfers a client and a network may have. Nothing is sent: the transfers do not begin.</summary>
public sealed class TftpLimitsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly DatagramLoop _loop = new("test", KeptByNobody.Sockets, TimeProvider.System, NullLogger.Instance);
    private readonly TftpTransfers _transfers;
    private readonly string _file = Path.GetTempFileName();

    public TftpLimitsTests() => _transfers = new TftpTransfers(_clock);

    public async ValueTask DisposeAsync()
    {
        await _loop.InvokeAsync(EndAll);
        await _loop.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task One_client_has_a_few_transfers_and_leaves_the_rest_to_others() => await _loop.InvokeAsync(() =>
    {
        int got = Enumerable.Range(0, TftpLimits.Transfers).Count(i => TryAdd(client: 1, port: 2000 + i));
        Assert.Equal(TftpLimits.TransfersPerClient, got);
        Assert.True(TryAdd(client: 2, port: 2000));
        _transfers.All[0].End();
        Assert.True(TryAdd(client: 1, port: 5000));
    });

    [Fact]
    public async Task In_a_full_network_the_quietest_transfer_gives_way() => await _loop.InvokeAsync(() =>
    {
        for (int client = 10; TryAdd(client, 2000); client++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(TftpLimits.Transfers, _transfers.Count);
        TftpTransfer oldest = Assert.Single(_transfers.All, transfer => transfer.Client == Endpoint(10, 2000));
        _clock.Advance(TftpLimits.GivesWay);
        Assert.True(TryAdd(client: 9, port: 2000));
        Assert.DoesNotContain(oldest, _transfers.All);
        Assert.Equal(TftpLimits.Transfers, _transfers.Count);
    });

    private static NetEndpoint Endpoint(int client, int port) =>
        new(NetAddress.From(new IPAddress([10, 0, (byte)(client / 256), (byte)(client % 256)])), (ushort)port);

    private bool TryAdd(int client, int port)
    {
        if (!_transfers.TryMakeRoom(Endpoint(client, port)))
        {
            return false;
        }

        DatagramSocketOptions options = new(new NetEndpoint(NetAddress.From(IPAddress.Loopback), 0));
        _transfers.Add(new TftpTransfer(
            new TftpRequest(true, "f"), File.OpenHandle(_file), Endpoint(client, port), 1500, handler => _loop.Open(options, handler),
            _loop, _clock, _transfers.Remove));
        return true;
    }

    private void EndAll()
    {
        foreach (TftpTransfer transfer in _transfers.All)
        {
            transfer.End();
        }
    }
}
