using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Services.Dns;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>The whole service, with the loopback interface in the place of a bridge and on a port of its own.</summary>
public sealed class DnsServiceTests : IAsyncDisposable
{
    private static readonly Guid Id = Guid.NewGuid();

    private readonly ListLogger<DnsService> _logger = new();
    private readonly UdpClient _upstream = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly DnsService _service;
    private readonly ushort _port;

    public DnsServiceTests()
    {
        _port = FreePort();
        DnsOptions options = new() { ResolvConfPath = "/nonexistent", HostsPath = "/nonexistent", Port = _port };
        _service = new DnsService(new NoLeases(), options, KeptByNobody.Sockets, TimeProvider.System, _logger);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _upstream.Dispose();
    }

    [Fact]
    public async Task A_network_is_answered_on_the_addresses_of_its_bridge_by_both_protocols()
    {
        await _service.ApplyAsync(Definition(), Cancelled);
        Assert.Equal(["A 10.1.0.9"], (await AskAsync("known.n.test")).Records);
        Assert.Equal(["A 10.1.0.9"], (await AskByStreamAsync("known.n.test")).Records);
        Assert.Contains(_logger.Lines, line => line.Id == 413 && line.Text.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_of_the_definition_holds_from_the_next_question_on()
    {
        await _service.ApplyAsync(Definition(), Cancelled);
        await _service.ApplyAsync(Definition("10.1.0.10"), Cancelled);
        Assert.Equal(["A 10.1.0.10"], (await AskAsync("known.n.test")).Records);
        Assert.Single(_logger.Lines, line => line.Id == 413);
    }

    [Fact]
    public async Task Other_names_are_asked_of_the_upstream_even_if_that_is_behind_the_bridge()
    {
        await _service.ApplyAsync(Definition(), Cancelled);
        Task<DnsMessages.Answer> answer = AskAsync("elsewhere.example");
        UdpReceiveResult question = await _upstream.ReceiveAsync(Cancelled);
        Assert.Equal("elsewhere.example", DnsMessages.Read(question.Buffer).Name, ignoreCase: true);
        await _upstream.SendAsync(DnsMessages.Response(question.Buffer), question.RemoteEndPoint, Cancelled);
        Assert.Equal(["A 192.0.2.9"], (await answer).Records);
        Assert.Equal(["A 192.0.2.9"], (await AskAsync("elsewhere.example")).Records); // kept
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_a_failure_at_once()
    {
        await _service.ApplyAsync(Definition(), Cancelled);
        _upstream.Dispose();
        Assert.Equal(DnsCode.ServerFailure, (await AskAsync("elsewhere.example")).Code);
    }

    [Fact]
    public async Task A_taken_port_is_said_and_leaves_nothing_open()
    {
        using (Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            other.Bind(new IPEndPoint(IPAddress.Loopback, _port));
            VirtNetException failure = await Assert.ThrowsAsync<VirtNetException>(() => _service.ApplyAsync(Definition(), Cancelled));
            Assert.Contains($"cannot answer DNS on 127.0.0.1 port {_port}", failure.Message, StringComparison.Ordinal);
        }

        AssertFree();
        await _service.ApplyAsync(Definition(), Cancelled);
        Assert.Equal(["A 10.1.0.9"], (await AskAsync("known.n.test")).Records);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_network_that_stops_or_switches_dns_off_is_not_listened_for(bool byDefinition)
    {
        await _service.ApplyAsync(Definition(), Cancelled);
        if (byDefinition)
        {
            await _service.ApplyAsync(Definition() with { Dns = new DnsDefinition { Enable = false } }, Cancelled);
        }
        else
        {
            await _service.StopAsync(Id);
            await _service.StopAsync(Id);
        }

        AssertFree();
    }

    [Fact]
    public async Task A_network_that_gets_another_bridge_leaves_the_old_one()
    {
        await _service.ApplyAsync(Definition(), Cancelled);
        await _service.ApplyAsync(Definition() with { Bridge = new Bridge { Name = "no-such-bridge" } }, Cancelled);
        AssertFree();
    }

    private static ushort FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private void AssertFree()
    {
        using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(new IPEndPoint(IPAddress.Loopback, _port));
        using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => tcp.Connect(IPAddress.Loopback, _port));
    }

    private NetworkDefinition Definition(string address = "10.1.0.9") => new()
    {
        Uuid = Id,
        Name = "n",
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "lo" },
        Domain = new DomainName("n.test"),
        Ips = [new IpDefinition(IPAddress.Parse("10.1.0.1")) { Prefix = 24 }],
        Dns = new DnsDefinition { Hosts = [new DnsHost(IPAddress.Parse(address), ["known"])] },
        DnsmasqOptions = [$"server=127.0.0.1#{((IPEndPoint)_upstream.Client.LocalEndPoint!).Port}"],
    };

    private async Task<DnsMessages.Answer> AskAsync(string name)
    {
        using UdpClient client = new(new IPEndPoint(IPAddress.Parse("127.0.0.5"), 0));
        await client.SendAsync(DnsMessages.Query(name), new IPEndPoint(IPAddress.Loopback, _port), Cancelled);
        return DnsMessages.Read((await client.ReceiveAsync(Cancelled)).Buffer);
    }

    private async Task<DnsMessages.Answer> AskByStreamAsync(string name)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _port, Cancelled);
        byte[] message = DnsMessages.Query(name);
        await client.GetStream().WriteAsync((byte[])[0, (byte)message.Length, .. message], Cancelled);
        byte[] head = new byte[2];
        await client.GetStream().ReadExactlyAsync(head, Cancelled);
        byte[] body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await client.GetStream().ReadExactlyAsync(body, Cancelled);
        return DnsMessages.Read(body);
    }

    private sealed class NoLeases : ILeaseDirectory
    {
        public ILeaseNames NamesOf(Guid network) => new FakeLeaseNames();
    }
}
