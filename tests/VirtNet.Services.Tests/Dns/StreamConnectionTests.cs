using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Listening;
using VirtNet.Services.Dnsmasq.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Dns;

/// <summary>TCP as clients use and misuse it, over the loopback.</summary>
public sealed class StreamConnectionTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeUpstreams _upstreams = new();
    private readonly DatagramLoop _loop = new("test", KeptByNobody.Sockets, TimeProvider.System, NullLogger.Instance);
    private readonly ListLogger<StreamConnections> _logger = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly StreamConnections _connections;
    private readonly DnsEngine _engine;

    public StreamConnectionTests()
    {
        DnsOptions options = new()
        {
            ResolvConfPath = "/nonexistent",
            HostsPath = "/nonexistent",
            MaxConnectionsPerClient = 6,
            MaxConnectionsPerNetwork = 5,
        };
        NetworkDefinition definition = new()
        {
            Name = "n",
            Forward = new Forward(ForwardMode.Nat),
            Bridge = new Bridge { Name = "br0" },
            Dns = new DnsDefinition
            {
                Hosts = [new DnsHost(IPAddress.Parse("10.1.0.9"), ["known"])],
                Forwarders = [new DnsForwarder(IPAddress.Parse("192.0.2.1"), null)],
            },
        };
        DnsNetwork network = new("n", "br0", DefinitionZone.Build(definition), new FakeLeaseNames(), new NetworkShare(1, "n"));
        _engine = new DnsEngine(options, _upstreams, _ => { }, _ => false, TestPaths.Open(_clock), _clock, NullLogger.Instance);
        _connections = new StreamConnections(_loop, _engine, network, options, _clock, _logger);
        _listener.Start();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _connections.DisposeAsync();
        await _loop.DisposeAsync();
    }

    [Fact]
    public async Task Several_questions_sent_in_pieces_are_answered_on_one_connection()
    {
        using Socket client = await ConnectAsync();
        foreach (string name in new[] { "known", "KNOWN" })
        {
            byte[] framed = Frame(DnsMessages.Query(name));
            await client.SendAsync(framed.AsMemory(0, 5), Cancelled);
            await client.SendAsync(framed.AsMemory(5), Cancelled);
            Assert.Equal(["A 10.1.0.9"], (await ReadAsync(client))!.Records);
        }
    }

    [Fact]
    public async Task A_slow_question_does_not_hold_up_the_next()
    {
        using Socket client = await ConnectAsync();
        byte[] both = [.. Frame(DnsMessages.Query("slow.example", id: 1)), .. Frame(DnsMessages.Query("known", id: 2))];
        await client.SendAsync(both, Cancelled);
        Assert.Equal(2, (await ReadAsync(client))!.Header.Id);
        await AnswerAsync();
        Assert.Equal(1, (await ReadAsync(client))!.Header.Id);
    }

    [Fact]
    public async Task A_client_that_has_ended_its_direction_still_gets_its_answer()
    {
        using Socket client = await ConnectAsync();
        await client.SendAsync(Frame(DnsMessages.Query("slow.example")), Cancelled);
        client.Shutdown(SocketShutdown.Send);
        await AnswerAsync();
        Assert.Equal(["A 192.0.2.9"], (await ReadAsync(client))!.Records);
        Assert.Null(await ReadAsync(client));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0xff, 0xff, 1, 2, 3 })]
    [InlineData(new byte[] { 0, 12, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0 })] // a response
    public async Task What_is_no_question_ends_the_connection(byte[] garbage)
    {
        using Socket client = await ConnectAsync();
        await client.SendAsync(garbage, Cancelled);
        Assert.Null(await ReadAsync(client));
    }

    [Fact]
    public async Task Silence_ends_the_connection()
    {
        using Socket client = await ConnectAsync();
        await client.SendAsync(Frame(DnsMessages.Query("known")), Cancelled);
        await ReadAsync(client);
        Task<DnsMessages.Answer?> end = ReadAsync(client);
        while (!end.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10)); // again and again: the server may not be waiting yet
            await Task.Yield();
        }

        Assert.Null(await end);
    }

    [Fact]
    public async Task The_oldest_connection_gives_way_to_a_new_one()
    {
        List<Socket> clients = [];
        for (int i = 0; i < 6; i++)
        {
            clients.Add(await ConnectAsync());
        }

        Assert.Null(await ReadAsync(clients[0]));
        await clients[5].SendAsync(Frame(DnsMessages.Query("known")), Cancelled);
        Assert.NotNull(await ReadAsync(clients[5]));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_client_with_many_connections_gives_way_to_others_and_is_named()
    {
        List<Socket> many = [];
        for (int i = 0; i < 4; i++)
        {
            many.Add(await ConnectAsync("127.0.0.66"));
        }

        using Socket quiet = await ConnectAsync("127.0.0.5");
        many.Add(await ConnectAsync("127.0.0.66"));
        using Socket other = await ConnectAsync("127.0.0.6");
        Assert.Null(await ReadAsync(many[0]));
        Assert.Null(await ReadAsync(many[1]));
        await quiet.SendAsync(Frame(DnsMessages.Query("known")), Cancelled);
        Assert.NotNull(await ReadAsync(quiet));
        await other.SendAsync(Frame(DnsMessages.Query("known")), Cancelled);
        Assert.NotNull(await ReadAsync(other));
        Assert.Contains("Network n: 127.0.0.66 ", Assert.Single(_logger.Lines, line => line.Id == 422).Text, StringComparison.Ordinal);
        many.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_question_that_comes_too_slowly_ends_the_connection()
    {
        using Socket client = await ConnectAsync();
        await client.SendAsync(Frame(DnsMessages.Query("known")).AsMemory(0, 5), Cancelled);
        Task<DnsMessages.Answer?> end = ReadAsync(client);
        while (!end.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Null(await end);
    }

    private static byte[] Frame(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    /// <summary>The next answer, or null at the end of the connection.</summary>
    private static async Task<DnsMessages.Answer?> ReadAsync(Socket client)
    {
        byte[] head = new byte[2];
        if (!await FillAsync(client, head))
        {
            return null;
        }

        byte[] body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        Assert.True(await FillAsync(client, body));
        return DnsMessages.Read(body);
    }

    private static async Task<bool> FillAsync(Socket client, Memory<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int count = await client.ReceiveAsync(buffer, Cancelled);
                if (count == 0)
                {
                    return false;
                }

                buffer = buffer[count..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false; // reset: what was not read yet was thrown away
        }
    }

    private async Task<Socket> ConnectAsync(string from = "127.0.0.1")
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(_listener.LocalEndpoint, Cancelled);
        _connections.Add(await _listener.AcceptSocketAsync(Cancelled));
        return client;
    }

    /// <summary>Lets the upstream answer the question that is under way, as soon as it is.</summary>
    private async Task AnswerAsync()
    {
        while (!await _loop.InvokeAsync(() => _upstreams.Datagrams.Count > 0))
        {
            await Task.Yield();
        }

        await _loop.InvokeAsync(() =>
        {
            FakeUpstreams.Sent sent = _upstreams.Datagrams[0];
            _engine.OnResponse(sent.Port, sent.Server, 0, DnsMessages.Response(sent.Question));
        });
    }
}
