using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

public sealed class ForwarderTests : ForwarderBench
{
    [Fact]
    public void An_answer_reaches_the_client_with_its_id_and_its_capitals()
    {
        Ask("wWw.Example");
        Respond(0);
        DnsMessages.Answer answer = Assert.Single(Client.Answers);
        Assert.Equal("wWw.Example", answer.Name);
        Assert.Equal(7, answer.Header.Id);
        Assert.Equal(["A 192.0.2.9"], answer.Records);
        Assert.True(answer.Has(DnsFlags.RecursionAvailable));
        Assert.False(answer.Has(DnsFlags.Authoritative));
        Assert.Equal(0, Forwarder.Pending);
    }

    [Fact]
    public void Ids_and_capitals_differ_from_question_to_question()
    {
        for (int i = 0; i < 8; i++)
        {
            Ask($"some-long-name-{i}.example");
        }

        Assert.True(Upstreams.Datagrams.Select(sent => (sent.Question[0] << 8) | sent.Question[1]).Distinct().Count() >= 7);
        Assert.True(Upstreams.Datagrams.Select(sent => DnsMessages.Read(sent.Question).Name[..14]).Distinct().Count() >= 7);
    }

    [Fact]
    public void Equal_questions_at_one_time_are_asked_once()
    {
        FakeChannel other = new();
        Ask("a.example");
        Ask("A.example", channel: other, id: 99);
        Ask("a.example"); // the first client repeats itself
        Respond(0);
        Assert.Single(Upstreams.Datagrams);
        Assert.Single(Client.Answers);
        Assert.Equal(("A.example", 99), (other.Answers[0].Name, other.Answers[0].Header.Id));
    }

    [Theory]
    [InlineData(DnsCode.ServerFailure)]
    [InlineData(DnsCode.Refused)]
    public void The_next_server_is_asked_on_failure_and_the_first_again_next_time(DnsCode code)
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal(Server("192.0.2.1"), Upstreams.Datagrams[0].Server);
        Respond(0, address: null, code: code);
        Assert.Equal(Server("192.0.2.2"), Upstreams.Datagrams[1].Server);
        Respond(1);
        Assert.Equal(["A 192.0.2.9"], Client.Answers[0].Records);
        Ask("b.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal(Server("192.0.2.1"), Upstreams.Datagrams[2].Server);
    }

    [Fact]
    public void The_failure_of_the_last_server_is_passed_on()
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Respond(0, address: null, code: DnsCode.Refused);
        Respond(1, address: null, code: DnsCode.ServerFailure);
        Assert.Equal(DnsCode.ServerFailure, Assert.Single(Client.Answers).Code);
        Assert.Equal(0, Cache.Count);
    }

    [Fact]
    public void A_silent_server_costs_a_second_and_its_late_answer_still_counts()
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Pass(0.9);
        Assert.Single(Upstreams.Datagrams);
        Pass(0.1);
        Assert.Equal(Server("192.0.2.2"), Upstreams.Datagrams[1].Server);
        Respond(0);
        Assert.Single(Client.Answers);
    }

    [Fact]
    public void A_server_that_cannot_be_reached_costs_no_time()
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Undelivered(0);
        Assert.Equal(Server("192.0.2.2"), Upstreams.Datagrams[1].Server);
        Undelivered(0); // said twice
        Assert.Empty(Client.Answers);
        Undelivered(1);
        Assert.Equal(DnsCode.ServerFailure, Assert.Single(Client.Answers).Code);
    }

    [Fact]
    public void When_nobody_answers_the_client_hears_of_it_after_six_seconds()
    {
        Ask("a.example", edns: new DnsEdns(1232));
        Pass(6);
        DnsMessages.Answer answer = Assert.Single(Client.Answers);
        Assert.Equal(DnsCode.ServerFailure, answer.Code);
        Assert.Equal((ushort)DnsExtendedError.NoReachableAuthority, answer.Edns!.Value.Error);
        Assert.Equal(4, Upstreams.Datagrams.Count(sent =>
            string.Equals(DnsMessages.Read(sent.Question).Name, "a.example", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(0, Forwarder.Pending);
    }

    [Fact]
    public void A_server_that_is_down_is_asked_last_until_it_shows_itself()
    {
        for (int i = 0; i < 3; i++)
        {
            Ask($"{i}.example", "192.0.2.1", "192.0.2.2");
        }

        Pass(1);
        RespondAll("192.0.2.2");
        Assert.DoesNotContain(Logger.Lines, line => line.Id == 410);
        Pass(1);
        Assert.Single(Logger.Lines, line => line.Id == 410);
        Upstreams.Datagrams.Clear();
        Ask("next.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal([Server("192.0.2.2")], Upstreams.Datagrams.Select(sent => sent.Server));
        RespondAll("192.0.2.2");

        // After a while it is tried again, beside one that works.
        Pass(10);
        Upstreams.Datagrams.Clear();
        Ask("later.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal([Server("192.0.2.1"), Server("192.0.2.2")], Upstreams.Datagrams.Select(sent => sent.Server));
        Respond(0);
        Upstreams.Datagrams.Clear();
        Ask("last.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal([Server("192.0.2.1")], Upstreams.Datagrams.Select(sent => sent.Server));
    }

    [Fact]
    public void Names_that_nobody_can_find_do_not_make_a_server_count_as_down()
    {
        for (int i = 0; i < 10; i++)
        {
            Ask($"slow{i}.example", "192.0.2.1", "192.0.2.2");
        }

        Upstreams.Datagrams.Clear();
        Pass(1);
        FakeUpstreams.Sent probe = Assert.Single(Upstreams.Datagrams, sent => sent.Server == Server("192.0.2.1"));
        Assert.Equal(".", DnsMessages.Read(probe.Question).Name);
        Forwarder.OnResponse(
            probe.Port, probe.Server, TestPaths.Uplink, DnsMessages.Response(probe.Question, address: null, soaMinimum: 60));
        Assert.Equal(0, Cache.Count);
        Pass(1);
        Assert.DoesNotContain(Logger.Lines, line => line.Id == 410 && line.Text.Contains("192.0.2.1", StringComparison.Ordinal));
        Upstreams.Datagrams.Clear();
        Ask("next.example", "192.0.2.1", "192.0.2.2");
        Assert.Equal([Server("192.0.2.1")], Upstreams.Datagrams.Select(sent => sent.Server));
    }

    [Fact]
    public void A_slow_name_does_not_make_a_server_that_answers_others_count_as_down()
    {
        for (int i = 0; i < 5; i++)
        {
            Ask($"slow{i}.example");
            Ask($"fast{i}.example");
            Clock.Advance(TimeSpan.FromMilliseconds(1));
            Respond(Upstreams.Datagrams.Count - 1);
            Pass(1);
        }

        Assert.DoesNotContain(Logger.Lines, line => line.Id == 410);
    }

    [Fact]
    public void Answers_are_kept_and_count_down()
    {
        Ask("a.example");
        Respond(0, ttl: 300);
        Clock.Advance(TimeSpan.FromSeconds(100));
        Assert.True(Cache.TryGet(QuestionOf("a.example"), out AnswerView answer, out _));
        DnsMessages.Answer sent = WriteTo(Client, "A.example", answer);
        Assert.Equal(200u, sent.Ttl);
        Assert.Equal("A.example", sent.Name);
    }

    [Fact]
    public void What_does_not_exist_is_kept_as_its_soa_says()
    {
        Ask("nx.example");
        Respond(0, address: null, code: DnsCode.NoSuchName, soaMinimum: 40);
        Assert.Equal(DnsCode.NoSuchName, Client.Answers[0].Code);
        Clock.Advance(TimeSpan.FromSeconds(39));
        Assert.True(Cache.TryGet(QuestionOf("nx.example"), out _, out _));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Cache.TryGet(QuestionOf("nx.example"), out _, out _));
    }

    [Fact]
    public void An_answer_longer_than_the_client_takes_is_truncated()
    {
        FakeChannel stream = new(isStream: true);
        Ask("a.example");
        Ask("a.example", channel: stream);
        Respond(0, copies: 60);
        Assert.True(Client.Answers[0].Has(DnsFlags.Truncated));
        Assert.Empty(Client.Answers[0].Records);
        Assert.Equal(60, stream.Answers[0].Records.Count);
    }

    [Fact]
    public void A_truncated_response_sends_datagram_clients_to_tcp_and_is_fetched_by_tcp_for_the_others()
    {
        FakeChannel stream = new(isStream: true);
        Ask("a.example");
        Ask("a.example", channel: stream);
        Respond(0, flags: DnsFlags.Truncated);
        Assert.True(Client.Answers[0].Has(DnsFlags.Truncated));
        Assert.Empty(stream.Answers);

        (NetEndpoint _, byte[] question, Action<ReadOnlyMemory<byte>> outcome) = Assert.Single(Upstreams.Streams);
        outcome(DnsMessages.Response(question, copies: 300));
        Assert.Equal(300, stream.Answers[0].Records.Count);
        Assert.Equal(0, Forwarder.Pending);
    }

    [Fact]
    public void A_failed_stream_is_a_failure()
    {
        FakeChannel stream = new(isStream: true);
        Ask("a.example", channel: stream);
        Respond(0, flags: DnsFlags.Truncated);
        Upstreams.Streams[0].Outcome(default);
        Assert.Equal(DnsCode.ServerFailure, stream.Answers[0].Code);
    }

    [Fact]
    public void A_late_outcome_of_a_stream_is_nobodys()
    {
        FakeChannel stream = new(isStream: true);
        Ask("a.example", channel: stream);
        Respond(0, flags: DnsFlags.Truncated);
        Pass(5);
        Assert.Equal(DnsCode.ServerFailure, stream.Answers[0].Code);

        Ask("b.example", channel: stream);
        Upstreams.Streams[0].Outcome(DnsMessages.Response(Upstreams.Streams[0].Question));
        Assert.Single(stream.Answers);
    }

    [Fact]
    public void Dnssec_wishes_go_up_and_signs_of_validation_come_down_to_who_asked_for_them()
    {
        FakeChannel plain = new();
        Ask("a.example", flags: DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled, edns: new DnsEdns(4096, DnssecOk: true));
        DnsMessages.Answer asked = DnsMessages.Read(Upstreams.Datagrams[0].Question);
        Assert.True(asked.Edns!.Value.DnssecOk);
        Assert.True(asked.Has(DnsFlags.CheckingDisabled));
        Respond(0, flags: DnsFlags.AuthenticData);
        Assert.True(Client.Answers[0].Has(DnsFlags.AuthenticData));
        Assert.True(Client.Answers[0].Edns!.Value.DnssecOk);

        Ask("a.example", channel: plain);
        Respond(1, flags: DnsFlags.AuthenticData);
        Assert.False(plain.Answers[0].Has(DnsFlags.AuthenticData));
    }

    [Fact]
    public void Of_a_server_that_is_not_trusted_signs_of_validation_are_not_passed_on()
    {
        TrustsServers = false;
        Ask("a.example", flags: DnsFlags.RecursionDesired | DnsFlags.AuthenticData);
        Respond(0, flags: DnsFlags.AuthenticData);
        Assert.False(Client.Answers[0].Has(DnsFlags.AuthenticData));
        Assert.True(Cache.TryGet(QuestionOf("a.example"), out AnswerView kept, out _));
        Assert.Equal(DnsFlags.None, kept.Header.Flags & DnsFlags.AuthenticData);
    }

    [Fact]
    public void A_name_that_is_known_here_exists_whatever_the_server_says()
    {
        Ask("a.example", nameExists: true);
        Respond(0, address: null, code: DnsCode.NoSuchName, soaMinimum: 40);
        Assert.Equal(DnsCode.NoError, Client.Answers[0].Code);
        Assert.True(Client.Answers[0].Has(DnsFlags.Authoritative));
    }

    [Fact]
    public void A_refreshed_answer_is_asked_for_without_a_client()
    {
        Forwarder.Refresh(QuestionOf("a.example"), default);
        Forwarder.Refresh(QuestionOf("a.example"), default);
        Assert.Single(Upstreams.Datagrams);
        Respond(0);
        Assert.Equal(1, Cache.Count);
    }
}
