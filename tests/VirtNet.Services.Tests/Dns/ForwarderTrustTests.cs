using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>What is believed of what comes back, and what is concluded from it about a server.</summary>
public sealed class ForwarderTrustTests : ForwarderBench
{
    [Theory]
    [InlineData("port")]
    [InlineData("peer")]
    [InlineData("id")]
    [InlineData("name")]
    [InlineData("type")]
    [InlineData("class")]
    [InlineData("not a response")]
    public void A_response_that_does_not_fit_is_dropped(string wrong)
    {
        Ask("a.example");
        FakeUpstreams.Sent sent = Upstreams.Datagrams[0];
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
            case "class":
                response[DnsHeader.Length + 14] ^= 1;
                break;
            case "not a response":
                response[2] &= 0x7f;
                break;
        }

        Forwarder.OnResponse(
            wrong == "port" ? new object() : sent.Port, wrong == "peer" ? Server("9.9.9.9") : sent.Server, TestPaths.Uplink, response);
        Assert.Empty(Client.Answers);
        Assert.Equal(1, Forwarder.Unexpected);
        Respond(0);
        Assert.Single(Client.Answers);
    }

    [Fact]
    public void What_comes_from_a_guest_is_not_believed_and_named_once()
    {
        Ask("a.example");
        Respond(0, "192.0.2.66", arrival: TestPaths.GuestBridge);
        Ask("b.example");
        Respond(1, "192.0.2.66", arrival: TestPaths.GuestBridge);
        Assert.Empty(Client.Answers);
        Assert.Equal(2, Forwarder.Unexpected);
        Assert.Contains("virbr0", Assert.Single(Logger.Lines, line => line.Id == 420).Text, StringComparison.Ordinal);
        Respond(0);
        Assert.Equal(["A 192.0.2.9"], Client.Answers[0].Records);
    }

    [Fact]
    public void A_guest_cannot_say_that_a_server_is_not_there()
    {
        Ask("a.example");
        Undelivered(0, arrival: TestPaths.GuestBridge);
        Assert.Empty(Client.Answers);
        Undelivered(0, arrival: TestPaths.Uplink);
        Assert.Single(Client.Answers);
    }

    [Fact]
    public void Wrong_capitals_lead_to_tcp_and_to_nothing_else()
    {
        Ask("some-long-name.example");
        Respond(0, "192.0.2.66", change: Lower);
        Assert.Empty(Client.Answers);
        Assert.Single(Upstreams.Datagrams);
        Stream(0);
        Assert.Equal(["A 192.0.2.9"], Client.Answers[0].Records);
        Assert.Single(Logger.Lines, line => line.Id == 420);

        Ask("another-long-name.example");
        Assert.NotEqual("another-long-name.example", DnsMessages.Read(Upstreams.Datagrams[1].Question).Name);
    }

    [Fact]
    public void A_server_that_changes_the_case_over_tcp_too_is_asked_without_capitals_for_some_minutes()
    {
        Ask("some-long-name.example");
        Respond(0, change: Lower);
        Stream(0, change: Lower);
        Assert.Single(Client.Answers);
        Respond(1, change: Lower);
        Stream(1, change: Lower);
        Assert.Contains(Logger.Lines, line => line.Id == 411);

        Ask("another-long-name.example");
        Assert.Equal("another-long-name.example", DnsMessages.Read(Upstreams.Datagrams[2].Question).Name);
        Respond(2);
        Assert.Equal(2, Client.Answers.Count);

        Clock.Advance(Capability.LackTime);
        Ask("third-long-name.example");
        Assert.NotEqual("third-long-name.example", DnsMessages.Read(Upstreams.Datagrams[3].Question).Name);
    }

    // An upstream that passes answers on as they are spells a name as the name's own servers do, and those may be a guest's.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Names_whose_own_servers_change_the_case_do_not_turn_capitals_off_for_others(bool byTcp)
    {
        for (int i = 0; i < 8; i += 2)
        {
            Ask($"some-long-name-{i}.example");
            Respond(i, change: Lower);
            if (byTcp)
            {
                Stream(i / 2, change: Lower);
            }
            else
            {
                Upstreams.Streams[i / 2].Outcome(default);
            }

            Assert.Equal("in-addr.arpa", DnsMessages.Read(Upstreams.Datagrams[i + 1].Question).Name, ignoreCase: true);
            Respond(i + 1);
        }

        Assert.DoesNotContain(Logger.Lines, line => line.Id == 411);
        Ask("another-long-name.example");
        Assert.NotEqual("another-long-name.example", DnsMessages.Read(Upstreams.Datagrams[8].Question).Name);
    }

    [Fact]
    public void A_server_that_changes_the_case_and_cannot_be_asked_over_tcp_is_found_out_after_three_questions_in_a_row()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.DoesNotContain(Logger.Lines, line => line.Id == 411);
            Ask($"some-long-name-{i}.example");
            Respond(2 * i, change: Lower);
            Upstreams.Streams[^1].Outcome(default);
            Assert.Equal(DnsCode.ServerFailure, Client.Answers[i].Code);
            Respond((2 * i) + 1, change: Lower);
            Upstreams.Streams[^1].Outcome(default);
        }

        Assert.Contains(Logger.Lines, line => line.Id == 411);
        Ask("another-long-name.example");
        Respond(6, change: Lower);
        Assert.Equal(["A 192.0.2.9"], Client.Answers[3].Records);
    }

    [Fact]
    public void One_right_answer_makes_all_forged_ones_before_it_vain()
    {
        for (int i = 0; i < 9; i += 3)
        {
            Ask($"some-long-name-{i}.example");
            Respond(i, change: Lower);
            Upstreams.Streams[^1].Outcome(default);
            Respond(i + 1, change: Lower); // the probe
            Upstreams.Streams[^1].Outcome(default);
            Ask($"right{i}.example");
            Respond(i + 2);
        }

        Assert.DoesNotContain(Logger.Lines, line => line.Id == 411);
    }

    [Fact]
    public void When_tcp_fails_the_next_server_is_asked()
    {
        Ask("some-long-name.example", "192.0.2.1", "192.0.2.2");
        Respond(0, change: Lower);
        Upstreams.Streams[0].Outcome(default);
        Assert.Equal(Server("192.0.2.2"), Upstreams.Datagrams[2].Server);
        Respond(2);
        Assert.Equal(["A 192.0.2.9"], Assert.Single(Client.Answers).Records);
    }

    [Theory]
    [InlineData(DnsCode.FormatError)]
    [InlineData(DnsCode.NotImplemented)]
    public void An_error_with_edns_is_passed_on_and_changes_nothing(DnsCode code)
    {
        Ask("a.example", "192.0.2.1", "192.0.2.2");
        Respond(0, address: null, code: code, edns: new DnsEdns(1232));
        Assert.Equal(code, Assert.Single(Client.Answers).Code);
        Ask("b.example");
        Assert.NotNull(DnsMessages.Read(Upstreams.Datagrams[1].Question).Edns);
    }

    [Theory]
    [InlineData(DnsCode.FormatError)]
    [InlineData(DnsCode.NotImplemented)]
    public void A_server_without_edns_is_asked_without_for_some_minutes(DnsCode code)
    {
        Ask("a.example");
        Assert.NotNull(DnsMessages.Read(Upstreams.Datagrams[0].Question).Edns);
        Respond(0, address: null, code: code);
        Assert.Null(DnsMessages.Read(Upstreams.Datagrams[1].Question).Edns);
        Respond(1);
        Assert.Equal(["A 192.0.2.9"], Client.Answers[0].Records);
        RefuseEdnsInProbe(2, code);
        Ask("b.example");
        Assert.Null(DnsMessages.Read(Upstreams.Datagrams[4].Question).Edns);
        Respond(4);
        Clock.Advance(Capability.LackTime);
        Ask("c.example");
        Assert.NotNull(DnsMessages.Read(Upstreams.Datagrams[5].Question).Edns);
    }

    // RFC 6891, 7: such servers do not even repeat the question.
    [Theory]
    [InlineData(DnsCode.FormatError)]
    [InlineData(DnsCode.NotImplemented)]
    public void A_refusal_without_the_question_has_it_asked_once_without_edns(DnsCode code)
    {
        Ask("a.example");
        RefuseBarely(0, code);
        Assert.Null(DnsMessages.Read(Upstreams.Datagrams[1].Question).Edns);
        RefuseBarely(0, code);
        RefuseBarely(1, code); // whoever guesses that does not make it end
        Assert.Equal(2, Upstreams.Datagrams.Count);
        Respond(1);
        Assert.Equal(["A 192.0.2.9"], Assert.Single(Client.Answers).Records);

        Ask("b.example");
        Assert.NotNull(DnsMessages.Read(Upstreams.Datagrams[3].Question).Edns); // what a guest may have caused proves nothing yet
        RefuseBarely(2, code); // the question about the root does
        Respond(4);
        Ask("c.example");
        Assert.Null(DnsMessages.Read(Upstreams.Datagrams[5].Question).Edns);
    }

    [Fact]
    public void A_question_is_asked_without_edns_once_however_often_it_is_refused_without_itself()
    {
        Ask("a.example");
        RefuseBarely(0, DnsCode.FormatError);
        Pass(seconds: 2);
        Assert.NotNull(DnsMessages.Read(Upstreams.Datagrams[2].Question).Edns);
        int sent = Upstreams.Datagrams.Count;
        RefuseBarely(2, DnsCode.FormatError);
        Assert.Equal(sent, Upstreams.Datagrams.Count);
        Respond(2);
        Assert.Single(Client.Answers);
    }

    [Fact]
    public void A_refusal_without_the_question_is_not_believed_of_who_returns_cookies_nor_from_a_guest()
    {
        Ask("a.example");
        RefuseBarely(0, DnsCode.FormatError, TestPaths.GuestBridge);
        Assert.Single(Upstreams.Datagrams);
        RespondWithCookie(0, new DnsCookie(CookieOf(0).Client, [1, 2, 3, 4, 5, 6, 7, 8]));
        Ask("b.example");
        RefuseBarely(1, DnsCode.FormatError);
        Assert.Equal(2, Upstreams.Datagrams.Count);
        Assert.Equal(2, Forwarder.Unexpected);
    }

    [Fact]
    public void If_asking_without_edns_does_not_help_it_was_not_for_edns()
    {
        Ask("a.example");
        Respond(0, address: null, code: DnsCode.NotImplemented);
        Respond(1, address: null, code: DnsCode.NotImplemented);
        Assert.Equal(DnsCode.NotImplemented, Assert.Single(Client.Answers).Code);
        Ask("b.example");
        Assert.NotNull(DnsMessages.Read(Upstreams.Datagrams[2].Question).Edns);
    }

    [Fact]
    public void Of_a_server_that_was_seen_to_know_edns_one_datagram_does_not_prove_otherwise()
    {
        Ask("a.example");
        Respond(0, edns: new DnsEdns(1232));
        for (int i = 1; i < 13; i += 4)
        {
            Ask($"{i}.example");
            Assert.NotNull(DnsMessages.Read(Upstreams.Datagrams[i].Question).Edns);
            Respond(i, address: null, code: DnsCode.FormatError);
            Respond(i + 1);
            RefuseEdnsInProbe(i + 2, DnsCode.FormatError);
        }

        Ask("b.example");
        Assert.Null(DnsMessages.Read(Upstreams.Datagrams[13].Question).Edns);
        Assert.Single(Logger.Lines, line => line.Id == 418);
    }

    // An upstream that passes answers on as they are shows what the name's own server cannot do.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Names_whose_own_servers_lack_edns_do_not_turn_it_off_for_others(bool wasShown)
    {
        int next = 0;
        if (wasShown)
        {
            Ask("a.example");
            Respond(next++, edns: new DnsEdns(1232));
        }

        foreach (DnsType type in new[] { DnsType.A, DnsType.Aaaa, DnsType.Mx, DnsType.Txt })
        {
            Ask("old.example", type: type);
            Respond(next++, address: null, code: DnsCode.FormatError);
            Respond(next++, address: null);
            Assert.Equal(".", DnsMessages.Read(Upstreams.Datagrams[next].Question).Name);
            Respond(next++, address: null, edns: new DnsEdns(1232));
        }

        Ask("b.example");
        Assert.NotNull(DnsMessages.Read(Upstreams.Datagrams[next].Question).Edns);
        Assert.DoesNotContain(Logger.Lines, line => line.Id == 418);
    }

    [Fact]
    public void A_code_about_the_exchange_with_the_server_is_not_passed_on()
    {
        Ask("a.example");
        Respond(0, address: null, edns: new DnsEdns(1232, ExtendedCode: 1)); // BADVERS
        Assert.Equal(DnsCode.ServerFailure, Assert.Single(Client.Answers).Code);
    }

    [Fact]
    public void A_response_without_the_cookie_that_its_server_always_returns_is_asked_for_by_tcp()
    {
        LearnCookie();
        Ask("b.example");
        Respond(1, "192.0.2.66"); // forged, or the server has changed
        Assert.Single(Client.Answers);
        (NetEndpoint _, byte[] question, Action<ReadOnlyMemory<byte>> outcome) = Assert.Single(Upstreams.Streams);
        outcome(DnsMessages.Response(question, "192.0.2.7", edns: new DnsEdns(1232, Cookie: CookieOf(1))));
        Assert.Equal(["A 192.0.2.7"], Client.Answers[1].Records);
        Assert.Single(Logger.Lines, line => line.Id == 420);

        // Still relied on, until it shows over TCP too that it has changed, and for some minutes after that.
        Ask("c.example");
        Respond(2);
        Stream(1);
        Ask("d.example");
        Respond(3);
        Assert.Equal(4, Client.Answers.Count);
        Assert.Equal(2, Upstreams.Streams.Count);
        Clock.Advance(Capability.LackTime);
        Ask("e.example");
        Respond(4);
        Assert.Equal(3, Upstreams.Streams.Count);
    }

    [Fact]
    public void A_failure_of_tcp_does_not_make_cookies_unneeded()
    {
        LearnCookie();
        for (int i = 1; i < 3; i++)
        {
            Ask($"{i}.example");
            Respond(i, "192.0.2.66");
            Upstreams.Streams[i - 1].Outcome(default);
            Assert.Equal(DnsCode.ServerFailure, Client.Answers[i].Code);
        }

        Ask("b.example");
        Respond(3, "192.0.2.66");
        Assert.Equal(3, Client.Answers.Count);
    }

    [Fact]
    public void Every_question_has_a_cookie_and_the_servers_part_once_it_is_known()
    {
        Ask("a.example");
        DnsCookie first = CookieOf(0);
        Assert.False(first.HasServer);
        RespondWithCookie(0, new DnsCookie(first.Client, [1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Single(Client.Answers);
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
        Assert.Empty(Client.Answers);
        Assert.Equal(1, Forwarder.Unexpected);
        Respond(0);
        Assert.Single(Client.Answers); // this server has never shown that it knows cookies
    }

    [Fact]
    public void A_server_that_wants_a_newer_cookie_is_asked_once_more_and_then_by_tcp()
    {
        LearnCookie();
        Ask("b.example");
        RespondWithCookie(1, new DnsCookie(CookieOf(0).Client, [8, 7, 6, 5, 4, 3, 2, 1]), DnsCode.BadCookie);
        Assert.Equal(new DnsCookie(CookieOf(0).Client, [8, 7, 6, 5, 4, 3, 2, 1]), CookieOf(2));
        RespondWithCookie(2, new DnsCookie(CookieOf(0).Client, [8, 7, 6, 5, 4, 3, 2, 2]), DnsCode.BadCookie);
        Assert.Equal(3, Upstreams.Datagrams.Count);
        Assert.Single(Upstreams.Streams);
        Assert.Single(Client.Answers);
    }

    private void RefuseEdnsInProbe(int index, DnsCode code)
    {
        Assert.Equal(".", DnsMessages.Read(Upstreams.Datagrams[index].Question).Name);
        Respond(index, address: null, code: code);
        Respond(index + 1, address: null);
    }

    private void Stream(int index, Action<byte[]>? change = null)
    {
        byte[] response = DnsMessages.Response(Upstreams.Streams[index].Question);
        change?.Invoke(response);
        Upstreams.Streams[index].Outcome(response);
    }

    private void RefuseBarely(int index, DnsCode code, int arrival = TestPaths.Uplink)
    {
        FakeUpstreams.Sent sent = Upstreams.Datagrams[index];
        byte[] header = [.. sent.Question[..2], 0x80, (byte)code, 0, 0, 0, 0, 0, 0, 0, 0];
        Forwarder.OnResponse(sent.Port, sent.Server, arrival, header);
    }
}
