using VirtNet.Services.Dns.Forwarding;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>What one guest or network asks never costs another one its share.</summary>
public sealed class ForwarderShareTests : ForwarderBench
{
    [Fact]
    public void Equal_questions_of_two_networks_are_two_questions()
    {
        NetworkShare other = new(2, "o");
        Ask("a.example");
        Ask("a.example", network: other);
        Assert.Equal(2, Upstreams.Datagrams.Count);
        Assert.NotEqual(Upstreams.Datagrams[0].Question[..2], Upstreams.Datagrams[1].Question[..2]);
        Respond(0);
        Assert.Single(Client.Answers);
    }

    [Fact]
    public void Networks_that_flood_leave_room_for_one_that_does_not()
    {
        NetworkShare[] floods = [.. Enumerable.Range(10, 3).Select(i => new NetworkShare((uint)i, $"f{i}"))];
        FakeChannel flood = new();
        FakeChannel quiet = new();
        for (int i = 0; i < 100; i++)
        {
            Ask($"{i}.example", network: floods[i % 3], channel: flood, id: (ushort)i);
            if (i is >= 50 and < 54)
            {
                Ask($"quiet{i}.example", channel: quiet, id: (ushort)i);
            }
        }

        Assert.Equal(Options.MaxPending, Forwarder.Pending);
        Assert.Equal(4, Network.Held);
        Assert.Empty(quiet.Answers);
        Assert.All(floods, one => Assert.InRange(one.Held, 5, 6));
    }

    [Fact]
    public void The_oldest_question_gives_way_to_the_next_of_the_same_client()
    {
        for (int i = 0; i <= Options.MaxPendingPerNetwork; i++)
        {
            Ask($"{i}.example", id: (ushort)i, from: "10.1.0.5");
        }

        Assert.Equal(Options.MaxPendingPerNetwork, Forwarder.Pending);
        Assert.Equal(0, Assert.Single(Client.Answers).Header.Id);
        Assert.Contains(Logger.Lines, line => line.Id == 421 && line.Text.Contains("Network n: 10.1.0.5", StringComparison.Ordinal));
    }

    [Fact]
    public void A_guest_that_floods_its_network_leaves_room_for_its_neighbours()
    {
        FakeChannel quiet = new();
        for (int i = 0; i < 100; i++)
        {
            Ask($"{i}.example", id: (ushort)i, from: "10.1.0.66");
            if (i is 40 or 41 or 42)
            {
                Ask($"quiet{i}.example", channel: quiet, id: (ushort)i, from: "10.1.0.5");
            }
        }

        Assert.Empty(quiet.Answers);
        Assert.Equal(Options.MaxPendingPerNetwork, Forwarder.Pending);
        Assert.All(Client.Answers, answer => Assert.Equal(DnsCode.ServerFailure, answer.Code));
        Assert.Single(Logger.Lines, line => line.Id == 421);
        Clock.Advance(TimeSpan.FromMinutes(1));
        Ask("once.more.example", from: "10.1.0.66");
        Assert.Equal(2, Logger.Lines.Count(line => line.Id == 421));
    }

    [Fact]
    public void A_guest_that_joins_a_question_again_and_again_leaves_room_for_others_who_ask_the_same()
    {
        FakeChannel quiet = new();
        for (ushort i = 0; i < 200; i++)
        {
            Ask("a.example", id: i, from: $"10.1.0.{200 + (i % 2)}");
        }

        Ask("a.example", channel: quiet, from: "10.1.0.5");
        Respond(0);
        Assert.Single(quiet.Answers);
        Assert.Equal(PendingQuery.MaxClients - 1, Client.Answers.Count);
    }

    [Fact]
    public void Exchanges_over_tcp_are_shared_among_networks_and_clients()
    {
        NetworkShare other = new(2, "o");
        FakeChannel stream = new(isStream: true);
        for (int i = 0; i < 12; i++)
        {
            AskByStream($"{i}.example", stream, "10.1.0.66");
        }

        Assert.Equal(Options.MaxStreams, Upstreams.Streams.Count);
        AskByStream("neighbour.example", stream, "10.1.0.5");
        AskByStream("other.example", stream, "10.2.0.5", other);
        Assert.Equal(Options.MaxStreams + 2, Upstreams.Streams.Count);
        AskByStream("again.example", stream, "10.1.0.66");
        Assert.Equal(Options.MaxStreams + 2, Upstreams.Streams.Count);
        Assert.Equal(DnsCode.ServerFailure, stream.Answers[^1].Code);
        foreach ((_, _, Action<ReadOnlyMemory<byte>> outcome) in Upstreams.Streams)
        {
            outcome(default);
        }

        AskByStream("free.example", stream, "10.1.0.66");
        Assert.Equal(Options.MaxStreams + 3, Upstreams.Streams.Count);
    }

    [Fact]
    public void What_a_stopped_network_waited_for_is_forgotten()
    {
        Ask("a.example");
        Ask("b.example");
        Forwarder.Forget(Network);
        Assert.Equal(0, Network.Held);
        Assert.Equal(0, Forwarder.Pending);
        Respond(0);
        Assert.Empty(Client.Answers);
    }

    /// <summary>A question of a client that came by TCP, whose answer does not fit a datagram.</summary>
    private void AskByStream(string name, FakeChannel stream, string from, NetworkShare? network = null)
    {
        Ask(name, channel: stream, from: from, network: network);
        Respond(Upstreams.Datagrams.Count - 1, flags: DnsFlags.Truncated);
    }
}
