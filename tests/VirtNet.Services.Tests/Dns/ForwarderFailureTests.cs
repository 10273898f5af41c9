using VirtNet.Linux;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>Questions that cannot leave: no descriptor for a socket, no such address family.</summary>
public sealed class ForwarderFailureTests : ForwarderBench
{
    [Fact]
    public void Questions_that_cannot_leave_fail_at_once_and_the_next_ones_leave_when_they_can()
    {
        const int Failing = 70_000; // more than there are ids
        Upstreams.Failures = Failing;
        for (int i = 0; i < Failing; i++)
        {
            Ask($"{i}.example", id: (ushort)i);
        }

        Assert.Equal(0, Forwarder.Pending);
        Assert.Equal(Failing, Client.Answers.Count);
        Assert.All(Client.Answers, answer => Assert.Equal(DnsCode.ServerFailure, answer.Code));
        Ask("a.example");
        Respond(0);
        Assert.Equal(["A 192.0.2.9"], Client.Answers[^1].Records);
        Assert.Single(Logger.Lines, line => line.Id == 424);
    }

    [Fact]
    public void The_next_server_is_asked_where_one_cannot_be()
    {
        Upstreams.Failures = int.MaxValue;
        Upstreams.Failure = server => server.Address.IsV6 ? new SystemCallException("socket", SystemCallException.NoSuchFamily) : null;
        Ask("a.example", "2001:db8::1", "192.0.2.2");
        Assert.Equal(Server("192.0.2.2"), Assert.Single(Upstreams.Datagrams).Server);
        Respond(0);
        Assert.Equal(["A 192.0.2.9"], Assert.Single(Client.Answers).Records);
    }

    [Fact]
    public void A_server_that_cannot_be_asked_does_not_count_as_down()
    {
        Upstreams.Failures = 20;
        for (int i = 0; i < 20; i++)
        {
            Ask($"{i}.example");
        }

        Pass(6);
        Assert.DoesNotContain(Logger.Lines, line => line.Id == 410);
    }

    [Fact]
    public void A_question_that_cannot_be_repeated_waits_for_the_answer_to_its_first_attempt()
    {
        Ask("a.example");
        Upstreams.Failures = int.MaxValue;
        Pass(1.1);
        Assert.Empty(Client.Answers);
        Respond(0);
        Assert.Equal(["A 192.0.2.9"], Assert.Single(Client.Answers).Records);
    }

    [Fact]
    public void What_cannot_be_asked_again_without_edns_fails_at_once()
    {
        Ask("a.example");
        Upstreams.Failures = 1;
        Respond(0, address: null, code: DnsCode.FormatError);
        Assert.Equal(DnsCode.ServerFailure, Assert.Single(Client.Answers).Code);
        Assert.Equal(0, Forwarder.Pending);
    }

    [Fact]
    public void One_question_that_cannot_go_on_does_not_keep_others_from_going_on()
    {
        for (int i = 0; i < 4; i++)
        {
            Ask($"{i}.example", id: (ushort)i, first: $"192.0.2.{i + 1}");
        }

        Upstreams.Failures = 1;
        Upstreams.Failure = server => server == Server("192.0.2.3") ? new InvalidOperationException("for this one only") : null;
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("for this one only", Assert.Throws<InvalidOperationException>(Forwarder.Tick).Message);
        Assert.Equal(3, Forwarder.Pending);
        Assert.Equal(7, Upstreams.Datagrams.Count);
        Pass(6);
        Assert.Equal(0, Forwarder.Pending);
    }

    [Fact]
    public void Where_no_id_is_free_the_search_ends()
    {
        PendingTable table = new();
        PendingQuery query = table.Start(QuestionOf("a.example"), default, now: 0);
        for (int id = 0; id <= ushort.MaxValue; id++)
        {
            table.AddId((ushort)id, query);
        }

        Assert.Null(table.FreeId(new RandomSource()));
    }
}
