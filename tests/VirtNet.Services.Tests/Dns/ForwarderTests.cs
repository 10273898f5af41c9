using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

public sealed class ForwarderTests
{
    private static readonly ForwarderOptions Options = new() { MaxPendingPerNetwork = 8 };

    private readonly FakeClock _clock = new();
    private readonly FakeUpstreams _upstreams = new();
    private readonly FakeChannel _client = new();
    private readonly ListLogger<Forwarder> _logger = new();
    private readonly ClientQuota _quota = new(Options.MaxPendingPerNetwork);
    private readonly AnswerCache _cache;
    private readonly Forwarder _forwarder;
    private readonly UpstreamDirectory _directory;

    public ForwarderTests()
    {
        _cache = new AnswerCache(_clock, Options.CacheBytes);
        _forwarder = new Forwarder(_upstreams, _cache, Options, _clock, _logger);
        _directory = new UpstreamDirectory(_clock);
    }

    [Fact]
    public void An_answer_reaches_the_client_with_its_id_and_its_capitals()
    {
        Ask("wWw.Example");
        Respond(0);
        DnsMessages.Answer answer = Assert.Single(_client.Answers);
        Assert.Equal("wWw.Example", answer.Name);
        Assert.Equal(7, answer.Header.Id);
        Assert.Equal(["A 192.0.2.9"], answer.Records);
        Assert.True(answer.Has(DnsFlags.RecursionAvailable));
        Assert.False(answer.Has(DnsFlags.Authoritative));
        Assert.Equal(0, _forwarder.Pending);
    }

    [Fact]
    public void Ids_and_capitals_differ_from_question_to_question()
    {
        for (int i = 0; i < 8; i++)
        {
            Ask($"some-long-name-{i}.example");
        }

        Assert.True(_upstreams.Datagrams.Select(sent => (sent.Question[0] << 8) | sent.Question[1]).Distinct().Count() >= 7);
        Assert.True(_upstreams.Datagrams.Select(sent => DnsMessages.Read(sent.Question).Name[..14]).Distinct().Count() >= 7);
    }

    [Fact]
    public void Equal_questions_at_one_time_are_asked_once()
    {
        FakeChannel other = new();
        Ask("a.example");
        Ask("A.example", channel: other, id: 99);
        Ask("a.example"); // the first client repeats itself
        Respond(0);
        Assert.Single(_upstreams.Datagrams);
        Assert.Single(_client.Answers);
        Assert.Equal(("A.example", 99), (other.Answers[0].Name, other.Answers[0].Header.Id));
    }

    [Theory]
    [InlineData("port")]
    [InlineData("peer")]
    [InlineData("id")]
    [InlineData("name")]
    [InlineData("type")]
    [InlineData("not a response")]
    public void A_response_that_does_not_fit_is_dropped(string wrong)
    {
        Ask("a.example");
        FakeUpstreams.Sent sent = _upstreams.Datagrams[0];
        byte[] response = DnsMessages.Response(sent.Question);
        switch (wrong)
        {
            case "id":
                response[0] ^= 1;
                break;
            case "name":
                response[DnsHeader.Length + 1] ^= 1;
                break;
            case "type":
                response[DnsHeader.Length + 12] ^= 1;
                break;
            case "not a response":
                response[2] &= 0x7f;
                break;
        }

        _forwarder.OnResponse(
            wrong == "port" ? new object() : sent.Port, wrong == "peer" ? Server("9.9.9.9") : sent.Server, response);
        Assert.Empty(_client.Answers);
        Assert.Equal(1, _forwarder.Unexpected);
        Respond(0);
        Assert.Single(_client.Answers);
    }

    [Fact]
    public void A_server_that_changes_the_case_is_asked_again_without_capitals_and_known_from_then_on()
    {
        Ask("some-long-name.example");
        Respond(0, change: Lower);
        Assert.Empty(_client.Answers);
        Assert.Equal(2, _upstreams.Datagrams.Count);
        Assert.Equal("some-long-name.example", DnsMessages.Read(_upstreams.Datagrams[1].Question).Name);
        Respond(1);
        Assert.Single(_client.Answers);

        Ask("another-long-name.example");
        Assert.Equal("another-long-name.example", DnsMessages.Read(_upstreams.Datagrams[2].Question).Name);
        Assert.Contains(_logger.Lines, line => line.Id == 411);
    }

    [Theory]
    [InlineData(DnsCode.ServerFailure)]
    [InlineData(DnsCode.Refused)]
    public void The_next_server_is_asked_on_failure_and_the_first_again_next_time(DnsCode code)
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal(Server("192.0.2.1"), _upstreams.Datagrams[0].Server);
        Respond(0, address: null, code: code);
        Assert.Equal(Server("192.0.2.2"), _upstreams.Datagrams[1].Server);
        Respond(1);
        Assert.Equal(["A 192.0.2.9"], _client.Answers[0].Records);
        Ask("b.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal(Server("192.0.2.1"), _upstreams.Datagrams[2].Server);
    }

    [Fact]
    public void The_failure_of_the_last_server_is_passed_on()
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Respond(0, address: null, code: DnsCode.Refused);
        Respond(1, address: null, code: DnsCode.ServerFailure);
        Assert.Equal(DnsCode.ServerFailure, Assert.Single(_client.Answers).Code);
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void A_silent_server_costs_a_second_and_its_late_answer_still_counts()
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Pass(0.9);
        Assert.Single(_upstreams.Datagrams);
        Pass(0.1);
        Assert.Equal(Server("192.0.2.2"), _upstreams.Datagrams[1].Server);
        Respond(0);
        Assert.Single(_client.Answers);
    }

    [Fact]
    public void A_server_that_cannot_be_reached_costs_no_time()
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Undelivered(0);
        Assert.Equal(Server("192.0.2.2"), _upstreams.Datagrams[1].Server);
        Undelivered(0); // said twice
        Assert.Empty(_client.Answers);
        Undelivered(1);
        Assert.Equal(DnsCode.ServerFailure, Assert.Single(_client.Answers).Code);
    }

    [Fact]
    public void When_nobody_answers_the_client_hears_of_it_after_six_seconds()
    {
        Ask("a.example", edns: new DnsEdns(1232));
        Pass(6);
        DnsMessages.Answer answer = Assert.Single(_client.Answers);
        Assert.Equal(DnsCode.ServerFailure, answer.Code);
        Assert.Equal((ushort)DnsExtendedError.NoReachableAuthority, answer.Edns!.Value.Error);
        Assert.Equal(4, _upstreams.Datagrams.Count);
        Assert.Equal(0, _forwarder.Pending);
    }

    [Fact]
    public void A_server_that_is_down_is_asked_last_until_it_shows_itself()
    {
        for (int i = 0; i < 3; i++)
        {
            Ask($"{i}.example", "192.0.2.1", "192.0.2.2");
        }

        Pass(1);
        Assert.Single(_logger.Lines, line => line.Id == 410);
        RespondAll("192.0.2.2");
        Ask("next.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal([Server("192.0.2.2")], _upstreams.Datagrams.Select(sent => sent.Server));
        RespondAll("192.0.2.2");

        // After a while it is tried again, beside one that works.
        Pass(10);
        Ask("later.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal([Server("192.0.2.1"), Server("192.0.2.2")], _upstreams.Datagrams.Select(sent => sent.Server));
        Respond(0);
        _upstreams.Datagrams.Clear();
        Ask("last.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal([Server("192.0.2.1")], _upstreams.Datagrams.Select(sent => sent.Server));
    }

    [Fact]
    public void A_slow_name_does_not_make_a_server_that_answers_others_count_as_down()
    {
        for (int i = 0; i < 5; i++)
        {
            Ask($"slow{i}.example");
            Ask($"fast{i}.example");
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Respond(_upstreams.Datagrams.Count - 1);
            Pass(1);
        }

        Assert.DoesNotContain(_logger.Lines, line => line.Id == 410);
    }

    [Fact]
    public void A_server_without_edns_is_asked_without_from_then_on()
    {
        Ask("a.example");
        Assert.NotNull(DnsMessages.Read(_upstreams.Datagrams[0].Question).Edns);
        Respond(0, address: null, code: DnsCode.FormatError);
        Assert.Null(DnsMessages.Read(_upstreams.Datagrams[1].Question).Edns);
        Respond(1);
        Assert.Equal(["A 192.0.2.9"], _client.Answers[0].Records);
        Ask("b.example");
        Assert.Null(DnsMessages.Read(_upstreams.Datagrams[2].Question).Edns);
    }

    [Fact]
    public void Answers_are_kept_and_count_down()
    {
        Ask("a.example");
        Respond(0, ttl: 300);
        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.True(_cache.TryGet(QuestionOf("a.example"), out AnswerView answer, out _));
        DnsMessages.Answer sent = WriteTo(_client, "A.example", answer);
        Assert.Equal(200u, sent.Ttl);
        Assert.Equal("A.example", sent.Name);
    }

    [Fact]
    public void What_does_not_exist_is_kept_as_its_soa_says()
    {
        Ask("nx.example");
        Respond(0, address: null, code: DnsCode.NoSuchName, soaMinimum: 40);
        Assert.Equal(DnsCode.NoSuchName, _client.Answers[0].Code);
        _clock.Advance(TimeSpan.FromSeconds(39));
        Assert.True(_cache.TryGet(QuestionOf("nx.example"), out _, out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_cache.TryGet(QuestionOf("nx.example"), out _, out _));
    }

    [Fact]
    public void An_answer_longer_than_the_client_takes_is_truncated()
    {
        FakeChannel stream = new(isStream: true);
        Ask("a.example");
        Ask("a.example", channel: stream);
        Respond(0, copies: 60);
        Assert.True(_client.Answers[0].Has(DnsFlags.Truncated));
        Assert.Empty(_client.Answers[0].Records);
        Assert.Equal(60, stream.Answers[0].Records.Count);
    }

    [Fact]
    public void A_truncated_response_sends_datagram_clients_to_tcp_and_is_fetched_by_tcp_for_the_others()
    {
        FakeChannel stream = new(isStream: true);
        Ask("a.example");
        Ask("a.example", channel: stream);
        Respond(0, flags: DnsFlags.Truncated);
        Assert.True(_client.Answers[0].Has(DnsFlags.Truncated));
        Assert.Empty(stream.Answers);

        (NetEndpoint _, byte[] question, Action<ReadOnlyMemory<byte>> outcome) = Assert.Single(_upstreams.Streams);
        outcome(DnsMessages.Response(question, copies: 300));
        Assert.Equal(300, stream.Answers[0].Records.Count);
        Assert.Equal(0, _forwarder.Pending);
    }

    [Fact]
    public void A_failed_stream_is_a_failure_and_a_late_outcome_is_nobodys()
    {
        FakeChannel stream = new(isStream: true);
        Ask("a.example", channel: stream);
        Respond(0, flags: DnsFlags.Truncated);
        _upstreams.Streams[0].Outcome(default);
        Assert.Equal(DnsCode.ServerFailure, stream.Answers[0].Code);

        Ask("b.example", channel: stream);
        _upstreams.Streams[0].Outcome(DnsMessages.Response(_upstreams.Streams[0].Question));
        Assert.Single(stream.Answers);
    }

    [Fact]
    public void The_oldest_question_gives_way_when_a_network_has_too_many()
    {
        for (int i = 0; i <= Options.MaxPendingPerNetwork; i++)
        {
            Ask($"{i}.example", id: (ushort)i);
        }

        Assert.Equal(Options.MaxPendingPerNetwork, _forwarder.Pending);
        Assert.Equal(0, Assert.Single(_client.Answers).Header.Id);
    }

    [Fact]
    public void What_a_stopped_network_waited_for_is_forgotten()
    {
        Ask("a.example");
        Ask("b.example");
        _forwarder.Forget(_quota);
        Assert.Equal(0, _forwarder.Pending);
        Respond(0);
        Assert.Empty(_client.Answers);
    }

    [Fact]
    public void Dnssec_wishes_go_up_and_signs_of_validation_come_down_to_who_asked_for_them()
    {
        FakeChannel plain = new();
        Ask("a.example", flags: DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled, edns: new DnsEdns(4096, DnssecOk: true));
        DnsMessages.Answer asked = DnsMessages.Read(_upstreams.Datagrams[0].Question);
        Assert.True(asked.Edns!.Value.DnssecOk);
        Assert.True(asked.Has(DnsFlags.CheckingDisabled));
        Respond(0, flags: DnsFlags.AuthenticData);
        Assert.True(_client.Answers[0].Has(DnsFlags.AuthenticData));
        Assert.True(_client.Answers[0].Edns!.Value.DnssecOk);

        Ask("a.example", channel: plain);
        Respond(1, flags: DnsFlags.AuthenticData);
        Assert.False(plain.Answers[0].Has(DnsFlags.AuthenticData));
    }

    [Fact]
    public void A_refreshed_answer_is_asked_for_without_a_client()
    {
        _forwarder.Refresh(_quota, QuestionOf("a.example"));
        _forwarder.Refresh(_quota, QuestionOf("a.example"));
        Assert.Single(_upstreams.Datagrams);
        Respond(0);
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void Every_question_has_a_cookie_and_the_servers_part_once_it_is_known()
    {
        Ask("a.example");
        DnsCookie first = CookieOf(0);
        Assert.False(first.HasServer);
        RespondWithCookie(0, new DnsCookie(first.Client, [1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Single(_client.Answers);
        Ask("b.example");
        Assert.Equal(new DnsCookie(first.Client, [1, 2, 3, 4, 5, 6, 7, 8]), CookieOf(1));
        Ask("c.example", "192.0.2.2");
        Assert.NotEqual(first.Client, CookieOf(2).Client);
    }

    [Fact]
    public void A_response_with_a_wrong_cookie_is_dropped()
    {
        Ask("a.example");
        RespondWithCookie(0, new DnsCookie(CookieOf(0).Client ^ 1, []));
        Assert.Empty(_client.Answers);
        Assert.Equal(1, _forwarder.Unexpected);
        Respond(0);
        Assert.Single(_client.Answers); // this server has never shown that it knows cookies
    }

    [Fact]
    public void A_response_without_the_cookie_that_its_server_always_returns_is_asked_for_by_tcp()
    {
        LearnCookie();
        Ask("b.example");
        Respond(1); // forged, or the server has changed
        Assert.Single(_client.Answers);
        (NetEndpoint _, byte[] question, Action<ReadOnlyMemory<byte>> outcome) = Assert.Single(_upstreams.Streams);
        outcome(DnsMessages.Response(question, "192.0.2.7", edns: new DnsEdns(1232, Cookie: CookieOf(1))));
        Assert.Equal(["A 192.0.2.7"], _client.Answers[1].Records);

        // Still relied on, until it shows over TCP too that it has changed.
        Ask("c.example");
        Respond(2);
        _upstreams.Streams[1].Outcome(DnsMessages.Response(_upstreams.Streams[1].Question));
        Ask("d.example");
        Respond(3);
        Assert.Equal(4, _client.Answers.Count);
        Assert.Equal(2, _upstreams.Streams.Count);
    }

    [Fact]
    public void A_server_that_wants_a_newer_cookie_is_asked_once_more_and_then_by_tcp()
    {
        LearnCookie();
        Ask("b.example");
        RespondWithCookie(1, new DnsCookie(CookieOf(0).Client, [8, 7, 6, 5, 4, 3, 2, 1]), DnsCode.BadCookie);
        Assert.Equal(new DnsCookie(CookieOf(0).Client, [8, 7, 6, 5, 4, 3, 2, 1]), CookieOf(2));
        RespondWithCookie(2, new DnsCookie(CookieOf(0).Client, [8, 7, 6, 5, 4, 3, 2, 2]), DnsCode.BadCookie);
        Assert.Equal(3, _upstreams.Datagrams.Count);
        Assert.Single(_upstreams.Streams);
        Assert.Single(_client.Answers);
    }

    private static NetEndpoint Server(string address) => ResolvConf.Parse($"nameserver {address}")[0];

    private static void Lower(byte[] message) =>
        DnsName.ToLower(message.AsSpan(DnsHeader.Length), message.AsSpan(DnsHeader.Length));

    private void Ask(
        string name, string first = "192.0.2.1", string? second = null, FakeChannel? channel = null, ushort id = 7,
        DnsFlags flags = DnsFlags.RecursionDesired, DnsEdns? edns = null)
    {
        byte[] message = DnsMessages.Query(name, id: id, flags: flags, edns: edns);
        Assert.Equal(DnsQueryVerdict.Ok, DnsQuery.Parse(message, out DnsQuery query));
        byte[] lower = new byte[query.Name.Length];
        DnsName.ToLower(query.Name, lower);
        UpstreamGroup group = _directory.GroupOf(second is null ? [Server(first)] : [Server(first), Server(second)]);
        DnsQuestion question = new(group, lower, query.Type, query.DnssecOk, flags);
        channel ??= _client;
        _forwarder.Ask(
            _quota, question, new DnsClient(channel, default, query, edns, channel.IsStream ? 65535 : query.PayloadSize));
    }

    private DnsCookie CookieOf(int index) => DnsMessages.Read(_upstreams.Datagrams[index].Question).Edns!.Value.Cookie!.Value;

    private void LearnCookie()
    {
        Ask("a.example");
        RespondWithCookie(0, new DnsCookie(CookieOf(0).Client, [1, 2, 3, 4, 5, 6, 7, 8]));
    }

    private void RespondWithCookie(int index, DnsCookie cookie, DnsCode code = DnsCode.NoError)
    {
        FakeUpstreams.Sent sent = _upstreams.Datagrams[index];
        DnsEdns edns = new(1232, ExtendedCode: (byte)((int)code >> 4), Cookie: cookie);
        byte[] response = DnsMessages.Response(
            sent.Question, code == DnsCode.NoError ? "192.0.2.9" : null, code: (DnsCode)((int)code & 15), edns: edns);
        _forwarder.OnResponse(sent.Port, sent.Server, response);
    }

    private DnsQuestion QuestionOf(string name) =>
        new(_directory.GroupOf([Server("192.0.2.1")]), DnsName.TryParse(name)!.Wire, DnsType.A, false, DnsFlags.RecursionDesired);

    private void Respond(
        int index, string? address = "192.0.2.9", uint ttl = 300, DnsCode code = DnsCode.NoError,
        DnsFlags flags = DnsFlags.None, int copies = 1, uint? soaMinimum = null, Action<byte[]>? change = null)
    {
        FakeUpstreams.Sent sent = _upstreams.Datagrams[index];
        byte[] response = DnsMessages.Response(sent.Question, address, ttl, code, flags, copies, soaMinimum);
        change?.Invoke(response);
        _forwarder.OnResponse(sent.Port, sent.Server, response);
    }

    private void Undelivered(int index)
    {
        FakeUpstreams.Sent sent = _upstreams.Datagrams[index];
        _forwarder.OnUndelivered(sent.Port, sent.Server, sent.Question);
    }

    private void RespondAll(string server)
    {
        foreach (FakeUpstreams.Sent sent in _upstreams.Datagrams.Where(sent => sent.Server == Server(server)))
        {
            _forwarder.OnResponse(sent.Port, sent.Server, DnsMessages.Response(sent.Question));
        }

        _upstreams.Datagrams.Clear();
    }

    private void Pass(double seconds)
    {
        for (double passed = 0; passed < seconds - 0.001; passed += 0.05)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.05));
            _forwarder.Tick();
        }
    }

    private static DnsMessages.Answer WriteTo(FakeChannel channel, string name, in AnswerView answer)
    {
        Assert.Equal(DnsQueryVerdict.Ok, DnsQuery.Parse(DnsMessages.Query(name), out DnsQuery query));
        byte[] lower = new byte[query.Name.Length];
        DnsName.ToLower(query.Name, lower);
        DnsClient client = new(channel, default, query, null, 512);
        channel.Send(answer.Write(channel.Rent(), client, lower, query.Type), default);
        return channel.Answers[^1];
    }
}
