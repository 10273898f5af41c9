using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Dnsmasq.Zone;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>For how long answers of other servers count, as dnsmasq 2.90 does it with the same lines.</summary>
public sealed class AnswerTimesTests : ForwarderBench
{
    /// <summary>What is told at once, and after two seconds; null: it is not kept.</summary>
    [Theory]
    [InlineData("", 300, 300, 298)]
    [InlineData("", 0, 0, null)]
    [InlineData("max-ttl=10", 300, 10, 10)]
    [InlineData("max-ttl=10", 5, 5, 3)]
    [InlineData("max-ttl=10", 0, 0, null)]
    [InlineData("max-ttl=0;max-cache-ttl=0;min-cache-ttl=0", 300, 300, 298)]
    [InlineData("min-cache-ttl=60", 5, 5, 58)]
    [InlineData("min-cache-ttl=60", 0, 0, 58)]
    [InlineData("min-cache-ttl=60", 300, 300, 298)]
    [InlineData("min-cache-ttl=7200", 5, 5, 3598)]
    [InlineData("max-cache-ttl=10", 300, 300, 8)]
    [InlineData("max-cache-ttl=10", 5, 5, 3)]
    [InlineData("min-cache-ttl=60;max-cache-ttl=10", 300, 300, 58)]
    [InlineData("max-ttl=10;min-cache-ttl=60", 5, 5, 10)]
    [InlineData("neg-ttl=30", 300, 300, 298)]
    public void An_answer_is_told_and_kept_as_the_lines_say(string lines, int ttl, int first, int? later)
    {
        Network.AnswerRules = RulesOf(lines);
        Ask("a.test");
        Respond(0, ttl: (uint)ttl);
        Assert.Equal((uint)first, Assert.Single(Client.Answers).Ttl);
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((uint?)later, Kept("a.test"));
    }

    [Fact]
    public void What_was_told_to_count_for_less_is_kept_for_as_long_as_it_says()
    {
        Network.AnswerRules = RulesOf("max-ttl=10");
        Ask("a.test");
        Respond(0, ttl: 300);
        Clock.Advance(TimeSpan.FromSeconds(295));
        Assert.Equal(5u, Kept("a.test"));
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("neg-ttl=30", null, 30)]
    [InlineData("neg-ttl=30;max-cache-ttl=10", null, 10)]
    [InlineData("neg-ttl=30;min-cache-ttl=60", null, 60)]
    [InlineData("min-cache-ttl=60", null, 60)]
    [InlineData("", 5, 5)]
    [InlineData("neg-ttl=30", 5, 5)]
    [InlineData("min-cache-ttl=60", 5, 60)]
    [InlineData("max-cache-ttl=10", 300, 10)]
    public void That_there_is_no_such_name_is_kept_as_the_lines_say(string lines, int? soa, int? seconds)
    {
        Network.AnswerRules = RulesOf(lines);
        Ask("a.test");
        Respond(0, address: null, code: DnsCode.NoSuchName, soaMinimum: (uint?)soa);
        Clock.Advance(TimeSpan.FromSeconds((seconds ?? 1) - 1));
        Assert.Equal(seconds is not null, IsKept("a.test"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(IsKept("a.test"));
    }

    [Fact]
    public void How_long_a_name_does_not_exist_is_told_in_full_at_first_and_then_no_longer_than_allowed()
    {
        Network.AnswerRules = RulesOf("max-ttl=10");
        Ask("a.test");
        Respond(0, address: null, code: DnsCode.NoSuchName, soaMinimum: 300);
        Assert.Equal(300u, Assert.Single(Client.Answers).Ttl);
        Assert.Equal(10u, Kept("a.test"));
    }

    [Fact]
    public void A_failure_is_not_kept_whatever_the_lines_say()
    {
        Network.AnswerRules = RulesOf("min-cache-ttl=60;neg-ttl=30");
        Ask("a.test");
        Respond(0, address: null, code: DnsCode.ServerFailure);
        Assert.False(IsKept("a.test"));
    }

    [Fact]
    public void What_a_server_has_validated_stays_so()
    {
        Network.AnswerRules = RulesOf("max-ttl=10");
        Ask("a.test", flags: DnsFlags.RecursionDesired | DnsFlags.AuthenticData);
        Respond(0, flags: DnsFlags.AuthenticData);
        Assert.True(Assert.Single(Client.Answers).Has(DnsFlags.AuthenticData));
    }

    [Theory]
    [InlineData("max-ttl=10", true)]
    [InlineData("neg-ttl=0", true)]
    [InlineData("max-ttl=x", false)]
    [InlineData("min-cache-ttl=-1", false)]
    [InlineData("max-cache-ttl", false)]
    public void The_lines_are_honoured_and_no_longer_without_effect(string line, bool isGood)
    {
        DnsmasqReading reading = DnsmasqReader.Read(Definition(line));
        Assert.Empty(reading.WithoutEffect);
        Assert.Equal(isGood, reading.Refused.Count == 0);
    }

    private bool IsKept(string name) => Cache.TryGet(QuestionOf(name), out _, out _);

    /// <summary>What is told of an answer that is kept; null if it is not.</summary>
    private uint? Kept(string name) =>
        Cache.TryGet(QuestionOf(name), out AnswerView answer, out _) ? WriteTo(new FakeChannel(), name, answer).Ttl : null;

    private static AnswerRules RulesOf(string lines) =>
        DefinitionZone.Build(Definition(lines.Split(';', StringSplitOptions.RemoveEmptyEntries))).AnswerRules;

    private static NetworkDefinition Definition(params string[] lines) => new()
    {
        Name = "n",
        Bridge = new Bridge { Name = "br0" },
        Ips = [new IpDefinition(IPAddress.Parse("10.1.0.1")) { Prefix = 24 }],
        DnsmasqOptions = lines.ToValueList(),
    };
}
