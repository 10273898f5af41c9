using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Zone;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>What becomes of the answers of other servers, as dnsmasq 2.90 does it with the same lines.</summary>
public sealed class AnswerRulesTests : ForwarderBench
{
    [Theory]
    [InlineData("filter-A", "a.test A 8.8.8.8", "")]
    [InlineData("filter-A", "a.test AAAA 2001:db9::8", "Aaaa 2001:db9::8")]
    [InlineData("filter-A", "a.test CNAME b.test|b.test A 8.8.8.8", "Cname b.test")]
    [InlineData("filter-AAAA", "a.test CNAME b.test|b.test AAAA 2001:db9::8", "Cname b.test")]
    [InlineData("filter-AAAA", "a.test A 8.8.8.8", "A 8.8.8.8")]
    [InlineData("filter-rr=TXT,28", "a.test AAAA 2001:db9::8", "")]
    [InlineData("filter-A", "a.test A 8.8.8.8|a.test AAAA 2001:db9::8|a.test A 8.8.4.4|a.test CNAME b.test", "Aaaa 2001:db9::8|Cname b.test")]
    [InlineData("filter-A;filter-AAAA", "a.test A 8.8.8.8|a.test AAAA 2001:db9::8|a.test CNAME b.test", "Cname b.test")]
    [InlineData("filter-AAAA;alias=10.1.2.3,8.8.4.4", "a.test AAAA 2001:db9::8|a.test A 10.1.2.3", "A 8.8.4.4")]
    [InlineData("stop-dns-rebind", "a.test A 10.1.2.3", "")]
    [InlineData("stop-dns-rebind", "a.test A 8.8.8.8|a.test A 10.1.2.3", "")]
    [InlineData("stop-dns-rebind", "a.test CNAME b.test|b.test A 10.1.2.3", "")]
    [InlineData("stop-dns-rebind", "a.test A 127.0.0.1", "")]
    [InlineData("stop-dns-rebind", "a.test A 100.64.0.1", "A 100.64.0.1")]
    [InlineData("stop-dns-rebind", "a.test A 203.0.113.7", "")]
    [InlineData("stop-dns-rebind", "a.test A 198.18.0.1", "A 198.18.0.1")]
    [InlineData("stop-dns-rebind", "a.test AAAA fc00::1", "Aaaa fc00::1")]
    [InlineData("stop-dns-rebind", "a.test AAAA fd00::1", "")]
    [InlineData("stop-dns-rebind", "a.test AAAA ::1", "")]
    [InlineData("stop-dns-rebind", "a.test AAAA ::", "")]
    [InlineData("stop-dns-rebind", "a.test AAAA ::ffff:10.1.2.3", "")]
    [InlineData("stop-dns-rebind;rebind-localhost-ok", "a.test A 127.0.0.1", "A 127.0.0.1")]
    [InlineData("stop-dns-rebind;rebind-localhost-ok", "a.test AAAA ::1", "Aaaa ::1")]
    [InlineData("stop-dns-rebind;rebind-localhost-ok", "a.test A 0.0.0.0", "A 0.0.0.0")]
    [InlineData("stop-dns-rebind;rebind-localhost-ok", "a.test AAAA ::", "Aaaa ::")]
    [InlineData("stop-dns-rebind;rebind-localhost-ok", "a.test A 10.1.2.3", "")]
    [InlineData("stop-dns-rebind;rebind-domain-ok=/other.test/a.test/", "a.test A 10.1.2.3", "A 10.1.2.3")]
    [InlineData("stop-dns-rebind;rebind-domain-ok=other.test", "a.test A 10.1.2.3", "")]
    [InlineData("stop-dns-rebind;rebind-domain-ok=//", "a.test A 10.1.2.3", "")]
    [InlineData("stop-dns-rebind;rebind-domain-ok=//", "plain A 10.1.2.3", "A 10.1.2.3")]
    [InlineData("stop-dns-rebind;alias=10.1.2.3,8.8.4.4", "a.test A 10.1.2.3", "A 8.8.4.4")]
    [InlineData("alias=10.1.2.3,8.8.4.4", "a.test CNAME b.test|b.test A 10.1.2.3", "Cname b.test|A 8.8.4.4")]
    [InlineData("alias=10.1.2.0,8.8.4.0,255.255.255.0", "a.test A 10.1.2.3", "A 8.8.4.3")]
    [InlineData("alias=10.1.2.0-10.1.2.40,8.8.4.0,255.255.255.0", "a.test A 10.1.2.41", "A 10.1.2.41")]
    [InlineData("alias=10.1.2.3,8.8.4.4;alias=8.8.4.4,9.9.9.9", "a.test A 10.1.2.3", "A 8.8.4.4")]
    [InlineData("alias=10.1.2.3,10.0.0.1;bogus-nxdomain=10.0.0.1", "a.test A 10.1.2.3", "NoSuchName")]
    [InlineData("bogus-nxdomain=10.1.2.3", "a.test CNAME b.test|b.test A 10.1.2.3", "NoSuchName")]
    [InlineData("bogus-nxdomain=10.1.0.0/16", "a.test A 10.1.2.3", "NoSuchName")]
    [InlineData("bogus-nxdomain=10.1.2.3", "a.test A 8.8.8.8", "A 8.8.8.8")]
    public void An_answer_is_what_the_lines_leave_of_it(string lines, string upstream, string left)
    {
        Network.AnswerRules = RulesOf(lines);
        string[] records = upstream.Split('|');
        string[] last = records[^1].Split(' ');
        Ask(records[0].Split(' ')[0], type: Enum.Parse<DnsType>(last[1], ignoreCase: true));
        RespondWith(0, records);
        DnsMessages.Answer answer = Assert.Single(Client.Answers);
        Assert.Equal(left, answer.Code == DnsCode.NoError ? string.Join('|', answer.Records) : answer.Code.ToString());
        Assert.False(answer.Has(DnsFlags.AuthenticData));

        // What is kept is what was told.
        Assert.True(Cache.Count == 0 || Cache.TryGet(QuestionOf(last[0]), out _, out _) || records.Length > 1 || last[1] != "A");
    }

    /// <summary>dnsmasq 2.90 leaves the signatures; they are of no use to anybody.</summary>
    [Fact]
    public void Hidden_records_go_with_their_signatures_and_what_points_into_them_stays_readable()
    {
        Network.AnswerRules = RulesOf("filter-A");
        Ask("a.test", type: DnsType.Any, edns: new DnsEdns(1232));
        FakeUpstreams.Sent sent = Upstreams.Datagrams[0];
        byte[] record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 8, 8, 8, 8];
        byte[] signature = [0xc0, 12, 0, 46, 0, 1, 0, 0, 1, 44, 0, 6, 0, 1, 8, 2, 0, 0];
        byte[] other = [0xc0, 12, 0, 46, 0, 1, 0, 0, 1, 44, 0, 6, 0, 16, 8, 2, 0, 0];
        byte[] hidden = [1, (byte)'b', 0xc0, 14, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 8, 8, 8, 8]; // b.test
        int place = 24 + record.Length + signature.Length + other.Length;
        byte[] alias = [0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 44, 0, 2, 0xc0, (byte)place]; // an alias of it
        byte[] host = [0xc0, (byte)place, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 9, 9, 9, 9];
        byte[] response =
        [
            .. sent.Question[..2], 0x80, 0x80, 0, 1, 0, 5, 0, 0, 0, 1, .. sent.Question[12..24], .. record, .. signature, .. other,
            .. hidden, .. alias, .. host,
        ];
        Forwarder.OnResponse(sent.Port, sent.Server, TestPaths.Uplink, response);
        DnsMessages.Answer answer = Assert.Single(Client.Answers);
        Assert.Equal((2, 1 + 1), (answer.Header.Answers, answer.Header.Additionals));
        Assert.Equal(["Rrsig 001008020000", "Cname b.test", "A 9.9.9.9"], answer.Records);
        Assert.Equal((DnsCode.NoError, (ushort)17), (answer.Code, answer.Edns!.Value.Error));
        Assert.Equal(300u, answer.Ttl);
    }

    [Fact]
    public void What_was_filtered_counts_down_when_it_is_kept()
    {
        Network.AnswerRules = RulesOf("filter-AAAA");
        Ask("a.test");
        RespondWith(0, "a.test AAAA 2001:db9::8", "a.test A 8.8.8.8");
        Clock.Advance(TimeSpan.FromSeconds(100));
        Assert.True(Cache.TryGet(QuestionOf("a.test"), out VirtNet.Services.Dns.Forwarding.AnswerView kept, out _));
        Assert.Equal(200u, WriteTo(new FakeChannel(), "a.test", kept).Ttl);
    }

    [Fact]
    public void An_answer_with_an_address_to_ignore_has_not_come_and_a_better_one_counts()
    {
        Network.AnswerRules = RulesOf("ignore-address=10.1.2.3");
        Ask("a.test");
        RespondWith(0, "a.test A 10.1.2.3");
        Assert.Empty(Client.Answers);
        RespondWith(0, "a.test A 8.8.8.8");
        Assert.Equal(["A 8.8.8.8"], Assert.Single(Client.Answers).Records);
    }

    [Fact]
    public void An_address_to_ignore_passes_over_TCP()
    {
        Network.AnswerRules = RulesOf("ignore-address=10.1.2.3");
        FakeChannel stream = new(isStream: true);
        Ask("a.test", channel: stream);
        Respond(0, address: null, flags: DnsFlags.Truncated);
        Upstreams.Streams[0].Outcome(DnsMessages.Response(Upstreams.Streams[0].Question, ["a.test A 10.1.2.3"]));
        Assert.Equal(["A 10.1.2.3"], Assert.Single(stream.Answers).Records);
    }

    [Fact]
    public void A_datagram_with_an_address_to_ignore_brings_none_over_TCP_either()
    {
        Network.AnswerRules = RulesOf("ignore-address=10.1.2.3");
        Ask("some-long-name.example");
        Respond(0, "10.1.2.3", change: Lower);
        Assert.Empty(Client.Answers);
        Assert.Empty(Upstreams.Streams);
        Respond(0, "8.8.8.8");
        Assert.Equal(["A 8.8.8.8"], Assert.Single(Client.Answers).Records);
    }

    [Fact]
    public void Rebinding_is_told_once_a_minute()
    {
        Network.AnswerRules = RulesOf("stop-dns-rebind");
        for (int i = 0; i < 3; i++)
        {
            Ask($"a{i}.test");
            RespondWith(i, $"a{i}.test A 10.1.2.3");
        }

        Assert.Equal(
            "Network n: an answer of DNS server 192.0.2.1:53 about a0.test leads into a private network and is not passed on, as "
            + "'stop-dns-rebind' wants (0 more before this one)",
            Assert.Single(Logger.Lines, line => line.Level == LogLevel.Warning).Text);
    }

    private void RespondWith(int index, params string[] records)
    {
        FakeUpstreams.Sent sent = Upstreams.Datagrams[index];
        Forwarder.OnResponse(sent.Port, sent.Server, TestPaths.Uplink, DnsMessages.Response(sent.Question, records));
    }

    private static AnswerRules RulesOf(string lines) => DefinitionZone.Build(new NetworkDefinition
    {
        Name = "n",
        Bridge = new Bridge { Name = "br0" },
        Ips = [new IpDefinition(IPAddress.Parse("10.1.0.1")) { Prefix = 24 }],
        DnsmasqOptions = lines.Split(';').ToValueList(),
    }).AnswerRules;
}
