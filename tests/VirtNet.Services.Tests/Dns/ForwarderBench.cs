using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>A forwarder between clients and upstreams for which the test speaks.</summary>
public abstract class ForwarderBench
{
    private protected static ForwarderOptions Options { get; } = new() { MaxPendingPerNetwork = 8, MaxPending = 20, MaxStreams = 8 };

    private protected FakeTimeProvider Clock { get; } = new();

    private protected FakeUpstreams Upstreams { get; } = new();

    private protected FakeChannel Client { get; } = new();

    private protected ListLogger<Forwarder> Logger { get; } = new();

    private protected NetworkShare Network { get; } = new(1, "n");

    /// <summary>Whether what the servers say about DNSSEC is passed on.</summary>
    private protected bool TrustsServers { get; set; } = true;

    private protected AnswerCache Cache { get; }

    private protected Forwarder Forwarder { get; }

    private protected UpstreamDirectory Directory { get; }

    private protected ForwarderBench()
    {
        Cache = new AnswerCache(Clock, Options.CacheBytes);
        Forwarder = new Forwarder(Upstreams, Cache, TestPaths.Open(Clock), _ => TrustsServers, Options, Clock, Logger);
        Directory = new UpstreamDirectory(Clock);
    }

    private protected static NetEndpoint Server(string address) => ResolvConf.Parse($"nameserver {address}").Servers[0];

    private protected static void Lower(byte[] message) =>
        DnsName.ToLower(message.AsSpan(DnsHeader.Length), message.AsSpan(DnsHeader.Length));

    private protected void Ask(
        string name, string first = "192.0.2.1", string? second = null, FakeChannel? channel = null, ushort id = 7,
        DnsFlags flags = DnsFlags.RecursionDesired, DnsEdns? edns = null, NetworkShare? network = null, string? from = null,
        bool nameExists = false, DnsType type = DnsType.A)
    {
        byte[] message = DnsMessages.Query(name, type, id: id, flags: flags, edns: edns);
        Assert.Equal(DnsQueryVerdict.Ok, DnsQuery.Parse(message, out DnsQuery query));
        byte[] lower = new byte[query.Name.Length];
        DnsName.ToLower(query.Name, lower);
        UpstreamGroup group = Directory.GroupOf(second is null ? [Server(first)] : [Server(first), Server(second)]);
        DnsQuestion question = new(network ?? Network, group, lower, query.Type, query.DnssecOk, flags);
        NetEndpoint peer = new(from is null ? default : NetAddress.From(System.Net.IPAddress.Parse(from)), 4000);
        channel ??= Client;
        Forwarder.Ask(question, new DnsClient(channel, peer, query, edns, channel.IsStream ? 65535 : query.PayloadSize, nameExists));
    }

    private protected DnsCookie CookieOf(int index) => DnsMessages.Read(Upstreams.Datagrams[index].Question).Edns!.Value.Cookie!.Value;

    private protected void LearnCookie()
    {
        Ask("a.example");
        RespondWithCookie(0, new DnsCookie(CookieOf(0).Client, [1, 2, 3, 4, 5, 6, 7, 8]));
    }

    private protected void RespondWithCookie(int index, DnsCookie cookie, DnsCode code = DnsCode.NoError, int arrival = TestPaths.Uplink)
    {
        FakeUpstreams.Sent sent = Upstreams.Datagrams[index];
        DnsEdns edns = new(1232, ExtendedCode: (byte)((int)code >> 4), Cookie: cookie);
        byte[] response = DnsMessages.Response(
            sent.Question, code == DnsCode.NoError ? "192.0.2.9" : null, code: (DnsCode)((int)code & 15), edns: edns);
        Forwarder.OnResponse(sent.Port, sent.Server, arrival, response);
    }

    private protected DnsQuestion QuestionOf(string name) =>
        new(Network, Directory.GroupOf([Server("192.0.2.1")]), DnsName.TryParse(name)!.Wire, DnsType.A, false, DnsFlags.RecursionDesired);

    private protected void Respond(
        int index, string? address = "192.0.2.9", uint ttl = 300, DnsCode code = DnsCode.NoError,
        DnsFlags flags = DnsFlags.None, int copies = 1, uint? soaMinimum = null,
        Action<byte[]>? change = null, DnsEdns? edns = null, int arrival = TestPaths.Uplink)
    {
        FakeUpstreams.Sent sent = Upstreams.Datagrams[index];
        byte[] response = DnsMessages.Response(sent.Question, address, ttl, code, flags, copies, soaMinimum, edns);
        change?.Invoke(response);
        Forwarder.OnResponse(sent.Port, sent.Server, arrival, response);
    }

    private protected void Undelivered(int index, int arrival = 0)
    {
        FakeUpstreams.Sent sent = Upstreams.Datagrams[index];
        Forwarder.OnUndelivered(sent.Port, sent.Server, arrival, sent.Question);
    }

    private protected void RespondAll(string server)
    {
        foreach (FakeUpstreams.Sent sent in Upstreams.Datagrams.Where(sent => sent.Server == Server(server)))
        {
            Forwarder.OnResponse(sent.Port, sent.Server, TestPaths.Uplink, DnsMessages.Response(sent.Question));
        }

        Upstreams.Datagrams.Clear();
    }

    private protected void Pass(double seconds)
    {
        for (double passed = 0; passed < seconds - 0.001; passed += 0.05)
        {
            Clock.Advance(TimeSpan.FromSeconds(0.05));
            Forwarder.Tick();
        }
    }

    private protected static DnsMessages.Answer WriteTo(FakeChannel channel, string name, in AnswerView answer)
    {
        Assert.Equal(DnsQueryVerdict.Ok, DnsQuery.Parse(DnsMessages.Query(name), out DnsQuery query));
        byte[] lower = new byte[query.Name.Length];
        DnsName.ToLower(query.Name, lower);
        DnsClient client = new(channel, default, query, null, 512, nameExists: false);
        channel.Send(answer.Write(channel.Rent(), client, lower, query.Type), default);
        return channel.Answers[^1];
    }
}
