using System.Diagnostics;
using System.Net.Sockets;
using CsCheck;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Server;

public sealed class HostileClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_bytes_end_at_most_the_connection_they_came_on()
    {
        await using TestServer server = new();
        await using LibvirtConnection good = await server.OpenAsync();
        await Gen.Byte.Array[0, 300].SampleAsync(
            async bytes =>
            {
                using RawPeer peer = await server.OpenRawAsync();
                await SendQuietlyAsync(peer, bytes);
            },
            iter: 200,
            threads: 2);
        Assert.Empty(await good.ListNetworksAsync(0, Token));
    }

    [Fact]
    public async Task Random_arguments_of_every_procedure_are_answered()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        Random random = new(Seed: 1);
        for (int procedure = 0; procedure < 470; procedure++)
        {
            if (procedure == 2)
            {
                continue; // close
            }

            byte[] arguments = new byte[random.Next(120)];
            random.NextBytes(arguments);
            RawPacket reply = await peer.CallAsync(procedure, new Payload().Raw(arguments));
            Assert.Equal((RawPeer.Remote, procedure, 1), (reply.Program, reply.Procedure, reply.Type));
            if (reply.Status != 0)
            {
                Assert.DoesNotContain("unexpectedly", reply.Error().Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Many_bad_clients_do_not_disturb_a_good_one()
    {
        await using TestServer server = new();
        await server.Driver.DefineAsync("<network><name>tnet</name></network>", 0, Token);
        using CancellationTokenSource stop = new();
        Task[] bad = [.. Enumerable.Range(0, 60).Select(i => Task.Run(() => MisbehaveAsync(server, i, stop.Token), Token))];
        TimeSpan worst = TimeSpan.Zero;
        await using (LibvirtConnection good = await server.OpenAsync())
        {
            for (int i = 0; i < 500; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await good.LookupByNameAsync("tnet", Token);
                worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(bad);

        // Alone a call takes well below a millisecond; the rest is for a machine that is busy with other tests.
        Assert.InRange(worst, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await TestServer.UntilAsync(() => server.Server.ClientCount == 0);
    }

    private static async Task MisbehaveAsync(TestServer server, int kind, CancellationToken stop)
    {
        Random random = new(kind);
        while (!stop.IsCancellationRequested)
        {
            using RawPeer peer = await server.OpenRawAsync();
            byte[] bytes = new byte[random.Next(1, 5000)];
            random.NextBytes(bytes);
            byte[] bad = (kind % 4) switch
            {
                0 => bytes,
                1 => new RawPacket(RawPeer.Remote, 1, 43, 0, 1, 0, bytes).ToArray()[..^1], // never complete
                2 => [.. Enumerable.Repeat(new RawPacket(RawPeer.Remote, 1, random.Next(460), 0, 1, 0, bytes).ToArray(), 20).SelectMany(b => b)],
                _ => [.. new Payload().UInt(33_554_436).UInt(RawPeer.Remote).UInt(1).Int(41).UInt(0).UInt(1).UInt(0).ToArray(), .. bytes],
            };
            await SendQuietlyAsync(peer, bad);
        }
    }

    private static async Task SendQuietlyAsync(RawPeer peer, byte[] bytes)
    {
        try
        {
            await peer.SendBytesAsync(bytes);
        }
        catch (SocketException)
        {
            // the server has closed the connection already
        }
    }
}
