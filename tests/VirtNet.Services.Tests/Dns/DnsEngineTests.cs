using System.Net;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dnsmasq.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>Messages in, messages out, without a socket.</summary>
public sealed class DnsEngineTests : IDisposable
{
    private static readonly NetEndpoint Guest = new(NetAddress.From(IPAddress.Parse("10.1.0.5")), 4000);
    private static readonly NetEndpoint Host = new(NetAddress.From(IPAddress.Parse("10.1.0.1")), 4000);

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeUpstreams _upstreams = new();
    private readonly FakeChannel _client = new();
    private readonly ListLogger<DnsEngine> _logger = new();
    private readonly TempFolder _files = new();
    private readonly DnsNetwork _network;
    private readonly DnsNetwork _other;
    private readonly DnsEngine _engine;
    private int _timersStarted;

    public DnsEngineTests()
    {
        File.WriteAllText(_files["resolv.conf"], "nameserver 127.0.0.53\n");
        File.WriteAllText(_files["hosts"], "10.9.9.9 known\n");
        DnsOptions options = new() { ResolvConfPath = _files["resolv.conf"], HostsPath = _files["hosts"] };
        NetworkDefinition definition = new()
        {
            Name = "n",
            Forward = new Forward(ForwardMode.Nat),
            Bridge = new Bridge { Name = "br0" },
            Ips = [new IpDefinition(IPAddress.Parse("10.1.0.1")) { Prefix = 24 }],
        };
        _network = new DnsNetwork("n", "br0", DefinitionZone.Build(definition), new FakeLeaseNames(), new NetworkShare(1, "n"));
        _other = new DnsNetwork("o", "br1", DefinitionZone.Build(definition), new FakeLeaseNames(), new NetworkShare(2, "o"));
        _engine = new DnsEngine(
            options, _upstreams, _ => _timersStarted++, address => address.IsLoopback || address == Host.Address, TestPaths.Open(_clock), _clock, _logger);
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_local_answer_has_aa_ra_and_the_clients_rd()
    {
        DnsMessages.Answer answer = Ask(DnsMessages.Query("known", flags: DnsFlags.None));
        Assert.Equal(["A 10.9.9.9"], answer.Records);
        Assert.True(answer.Has(DnsFlags.Authoritative));
        Assert.True(answer.Has(DnsFlags.RecursionAvailable));
        Assert.False(answer.Has(DnsFlags.RecursionDesired));
        Assert.Null(answer.Edns);
    }

    [Fact]
    public void Time_goes_on_for_other_questions_when_one_fails_unexpectedly()
    {
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("b.example"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        _upstreams.Failures = 1;
        _upstreams.Failure = _ => new InvalidOperationException();
        int before = _timersStarted;
        Assert.Throws<InvalidOperationException>(_engine.Tick);
        Assert.Equal(before + 1, _timersStarted);
    }

    [Fact]
    public void A_network_may_have_name_servers_of_another_file()
    {
        File.WriteAllText(_files["lab.conf"], "nameserver 203.0.113.99\n");
        _network.Zone = DefinitionZone.Build(new NetworkDefinition
        {
            Name = "n",
            Forward = new Forward(ForwardMode.Nat),
            Bridge = new Bridge { Name = "br0" },
            Ips = [new IpDefinition(IPAddress.Parse("10.1.0.1")) { Prefix = 24 }],
            DnsmasqOptions = [$"resolv-file={_files["lab.conf"]}"],
        });
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        _engine.OnQuestion(_other, _client, Guest, DnsMessages.Query("a.example"));
        Assert.Equal(["203.0.113.99:53", "127.0.0.53:53"], _upstreams.Datagrams.Select(sent => sent.Server.ToString()));
    }

    [Fact]
    public void A_network_may_have_further_files_of_names()
    {
        Directory.CreateDirectory(_files["more"]);
        File.WriteAllText(Path.Combine(_files["more"], "a"), "10.9.9.21 infile\n");
        File.WriteAllText(_files["one"], "10.9.9.22 inone\n");
        _network.Zone = DefinitionZone.Build(new NetworkDefinition
        {
            Name = "n",
            Bridge = new Bridge { Name = "br0" },
            Ips = [new IpDefinition(IPAddress.Parse("10.1.0.1")) { Prefix = 24 }],
            DnsmasqOptions = [$"hostsdir={_files["more"]}", $"addn-hosts={_files["one"]}", "no-hosts"],
        });
        Assert.Equal(["A 10.9.9.21"], Ask(DnsMessages.Query("infile")).Records);
        Assert.Equal(["A 10.9.9.22"], Ask(DnsMessages.Query("inone")).Records);
        Assert.Empty(Ask(DnsMessages.Query("known")).Records);
    }

    [Fact]
    public void Edns_is_answered_with_edns() =>
        Assert.Equal(1232, Ask(DnsMessages.Query("known", edns: new DnsEdns(4096))).Edns!.Value.PayloadSize);

    [Fact]
    public void A_cookie_is_answered_with_ours_for_local_and_for_forwarded_names()
    {
        DnsEdns edns = new(1232, Cookie: new DnsCookie(0x0123456789abcdef, []));
        DnsCookie local = Ask(DnsMessages.Query("known", edns: edns)).Edns!.Value.Cookie!.Value;
        Assert.Equal((0x0123456789abcdefUL, 24), (local.Client, local.Length));
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example", edns: edns));
        Respond(0);
        Assert.Equal(local, _client.Answers[^1].Edns!.Value.Cookie);
        Assert.Equal(local, Ask(DnsMessages.Query("a.example", edns: edns)).Edns!.Value.Cookie);
        Assert.Null(Ask(DnsMessages.Query("a.example", edns: new DnsEdns(1232))).Edns!.Value.Cookie);

        // Each client has its own, and it changes with time.
        _engine.OnQuestion(_network, _client, Host, DnsMessages.Query("known", edns: edns));
        Assert.NotEqual(local, _client.Answers[^1].Edns!.Value.Cookie);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(local, Ask(DnsMessages.Query("known", edns: edns)).Edns!.Value.Cookie);
    }

    [Fact]
    public void The_second_question_is_answered_from_memory()
    {
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        Respond(0);
        DnsMessages.Answer answer = Ask(DnsMessages.Query("A.example", id: 9));
        Assert.Single(_upstreams.Datagrams);
        Assert.Equal(["A 192.0.2.9"], answer.Records);
        Assert.Equal((9, "A.example"), (answer.Header.Id, answer.Name));
    }

    [Fact]
    public void What_one_network_asked_another_has_to_ask_for_itself()
    {
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        _engine.OnQuestion(_other, _client, Guest, DnsMessages.Query("a.example"));
        Assert.Equal(2, _upstreams.Datagrams.Count);
        Respond(0);
        _engine.OnQuestion(_other, _client, Guest with { Port = 9 }, DnsMessages.Query("a.example"));
        Assert.Single(_client.Answers); // still under way there: no answer that came for others gives it away
        Respond(1);
        Assert.Equal(3, _client.Answers.Count);
    }

    [Fact]
    public void A_stopped_network_leaves_nothing_behind()
    {
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        Respond(0);
        _engine.Forget(_network);
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        Assert.Equal(2, _upstreams.Datagrams.Count);
    }

    [Fact]
    public void Without_recursion_desired_only_local_data_is_told()
    {
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        Respond(0);
        DnsMessages.Answer kept = Ask(DnsMessages.Query("a.example", flags: DnsFlags.None, edns: new DnsEdns(1232)));
        Assert.Equal(DnsCode.Refused, kept.Code);
        Assert.Equal((ushort)DnsExtendedError.NotAuthoritative, kept.Edns!.Value.Error);
        Assert.Empty(kept.Records);
        Assert.Equal(DnsCode.Refused, Ask(DnsMessages.Query("b.example", flags: DnsFlags.None)).Code);
        Assert.Equal(["A 10.9.9.9"], Ask(DnsMessages.Query("known", flags: DnsFlags.None)).Records);
        Assert.Single(_upstreams.Datagrams);
    }

    [Fact]
    public void A_changed_resolv_conf_is_followed()
    {
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        File.WriteAllText(_files["resolv.conf"], "nameserver 192.0.2.200\n");
        _clock.Advance(TimeSpan.FromSeconds(1));
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("b.example"));
        Assert.Equal(["127.0.0.53:53", "192.0.2.200:53"], _upstreams.Datagrams.Select(sent => sent.Server.ToString()));
    }

    [Fact]
    public void Without_any_server_it_refuses_and_says_why()
    {
        File.WriteAllText(_files["resolv.conf"], "");
        _clock.Advance(TimeSpan.FromSeconds(1));
        DnsMessages.Answer answer = Ask(DnsMessages.Query("a.example", edns: new DnsEdns(1232)));
        Assert.Equal(DnsCode.Refused, answer.Code);
        Assert.Equal((ushort)DnsExtendedError.NotReady, answer.Edns!.Value.Error);
    }

    [Fact]
    public void A_question_that_comes_back_from_this_host_is_refused_with_one_line_in_the_log()
    {
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("loop.example"));
        FakeChannel host = new();
        for (int i = 0; i < 3; i++)
        {
            _engine.OnQuestion(_network, host, Host, DnsMessages.Query("LOOP.example"));
        }

        Assert.Equal(3, host.Answers.Count(answer => answer.Code == DnsCode.Refused));
        Assert.Single(_logger.Lines, line => line.Id == 412);

        // Another guest with the same question just waits for the same answer.
        _engine.OnQuestion(_network, host, Guest with { Port = 9 }, DnsMessages.Query("loop.example"));
        Assert.Equal(3, host.Answers.Count);
    }

    [Theory]
    [InlineData(DnsCode.NotImplemented, 2 << 11, 0)]
    [InlineData(DnsCode.NoError, 0, 1)] // BADVERS is 16: its lower bits are zero, the upper in OPT
    public void Odd_queries_are_answered_with_an_error(DnsCode code, int flags, byte version)
    {
        DnsMessages.Answer answer = Ask(
            DnsMessages.Query("known", flags: (DnsFlags)flags, edns: version > 0 ? new DnsEdns(1232, Version: version) : null));
        Assert.Equal(code, answer.Code);
        Assert.Empty(answer.Records);
        Assert.Equal(version, answer.Edns?.ExtendedCode ?? 0);
    }

    [Fact]
    public void A_response_is_never_answered()
    {
        Assert.False(_engine.OnQuestion(_network, _client, Guest, DnsMessages.Response(DnsMessages.Query("known"))));
        Assert.Empty(_client.Answers);
    }

    [Fact]
    public void An_answer_in_use_is_renewed_before_it_expires()
    {
        _engine.OnQuestion(_network, _client, Guest, DnsMessages.Query("a.example"));
        Respond(0);
        Ask(DnsMessages.Query("a.example"));
        _clock.Advance(TimeSpan.FromSeconds(290));
        Assert.Equal(10u, Ask(DnsMessages.Query("a.example")).Ttl);
        Assert.Equal(2, _upstreams.Datagrams.Count);
        Respond(1);
        Assert.Equal(300u, Ask(DnsMessages.Query("a.example")).Ttl);
    }

    [Fact]
    public void No_message_makes_it_fail()
    {
        byte[] good = DnsMessages.Query("some.name.example", DnsType.Any, edns: new DnsEdns(1232, Error: 3));
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Int[0, good.Length], Gen.Bool).Sample((bytes, at, whole) =>
        {
            byte[] message = whole ? bytes : [.. good[..at], .. bytes];
            _engine.OnQuestion(_network, _client, Guest, message);
            _client.Answers.Clear();
            _client.Lengths.Clear();
            if (_upstreams.Datagrams.Count > 0)
            {
                FakeUpstreams.Sent sent = _upstreams.Datagrams[^1];
                byte[] response = DnsMessages.Response(sent.Question);
                for (int i = 0; i < bytes.Length; i += 3)
                {
                    response[(i * 7) % response.Length] ^= bytes[i];
                }

                Feed(sent, response);
                _upstreams.Datagrams.Clear();
            }
        }, threads: 1);
    }

    private DnsMessages.Answer Ask(byte[] message)
    {
        int before = _client.Answers.Count;
        Assert.True(_engine.OnQuestion(_network, _client, Guest, message));
        Assert.Equal(before + 1, _client.Answers.Count);
        return _client.Answers[^1];
    }

    private void Respond(int index) => Feed(_upstreams.Datagrams[index], DnsMessages.Response(_upstreams.Datagrams[index].Question));

    private void Feed(FakeUpstreams.Sent sent, byte[] response) => _engine.OnResponse(sent.Port, sent.Server, 0, response);
}
