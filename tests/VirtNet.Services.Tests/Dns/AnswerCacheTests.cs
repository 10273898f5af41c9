using System.Runtime.InteropServices;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

public sealed class AnswerCacheTests
{
    private static readonly UpstreamGroup Group = new(1, []);

    private readonly FakeClock _clock = new();
    private readonly AnswerCache _cache;

    public AnswerCacheTests() => _cache = new AnswerCache(_clock, maxBytes: 256 * 1024);

    [Fact]
    public void An_answer_is_found_until_it_expires()
    {
        Add("a.test", lifetime: 60);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(59u, Age("a.test"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Age("a.test"));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void Another_type_group_or_variant_is_another_question()
    {
        Add("a.test");
        Assert.False(_cache.TryGet(new DnsQuestion(Group, Name("a.test"), DnsType.Aaaa, false, default), out _, out _));
        Assert.False(_cache.TryGet(new DnsQuestion(new UpstreamGroup(2, []), Name("a.test"), DnsType.A, false, default), out _, out _));
        Assert.False(_cache.TryGet(new DnsQuestion(Group, Name("a.test"), DnsType.A, true, default), out _, out _));
        Assert.False(_cache.TryGet(
            new DnsQuestion(Group, Name("a.test"), DnsType.A, false, DnsFlags.CheckingDisabled), out _, out _));
        Assert.True(_cache.TryGet(
            new DnsQuestion(Group, Name("a.test"), DnsType.A, false, DnsFlags.RecursionDesired), out _, out _));
    }

    [Fact]
    public void A_newer_answer_takes_the_place_of_the_older()
    {
        Add("a.test", lifetime: 10);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Add("a.test", lifetime: 60);
        Assert.Equal(1, _cache.Count);
        Assert.Equal(0u, Age("a.test"));
    }

    [Fact]
    public void A_lifetime_of_zero_is_not_kept()
    {
        Add("a.test", lifetime: 0);
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void A_record_as_it_was_stored_comes_back()
    {
        Add("a.test", body: [1, 2, 3, 4, 5]);
        Assert.True(_cache.TryGet(Question("a.test"), out AnswerView answer, out _));
        Assert.Equal([1, 2, 3, 4, 5], answer.Records.ToArray());
        Assert.Equal([6], MemoryMarshal.Cast<byte, ushort>(answer.TimeToLiveOffsets).ToArray());
        Assert.Equal((DnsCode.NoSuchName, 1, 2, 3), (answer.Header.Code, answer.Header.Answers, answer.Header.Authorities, answer.Header.Additionals));
        Assert.Equal(9, answer.Error);
    }

    [Fact]
    public void A_flood_of_names_displaces_only_what_nobody_asks_for()
    {
        for (int i = 0; i < 20; i++)
        {
            Add($"wanted{i}.test");
        }

        for (int i = 0; i < 20_000; i++)
        {
            Add($"flood{i}.test");
            if (i % 500 == 0)
            {
                for (int wanted = 0; wanted < 20; wanted++)
                {
                    Assert.Equal(0u, Age($"wanted{wanted}.test"));
                }
            }
        }

        Assert.InRange(_cache.Count, 1000, 4000);
        Assert.Null(Age("flood0.test"));
        Assert.Equal(0u, Age("flood19999.test"));
    }

    [Fact]
    public void Random_use_finds_exactly_what_a_dictionary_would_or_nothing()
    {
        Random random = new(1);
        Dictionary<string, byte> last = [];
        for (int i = 0; i < 30_000; i++)
        {
            string name = $"n{random.Next(3000)}.test";
            if (random.Next(3) == 0)
            {
                byte value = (byte)random.Next(256);
                Add(name, body: Enumerable.Repeat(value, random.Next(1, 300)).ToArray());
                last[name] = value;
            }
            else if (_cache.TryGet(Question(name), out AnswerView answer, out _))
            {
                Assert.Equal(last[name], answer.Records[0]);
                Assert.Equal(last[name], answer.Records[^1]);
            }
        }
    }

    [Fact]
    public void An_answer_in_use_is_worth_asking_for_again_near_its_end()
    {
        Add("a.test", lifetime: 100);
        _cache.TryGet(Question("a.test"), out _, out bool nearEnd);
        Assert.False(nearEnd);
        _clock.Advance(TimeSpan.FromSeconds(95));
        _cache.TryGet(Question("a.test"), out _, out nearEnd);
        Assert.True(nearEnd);
    }

    private static DnsQuestion Question(string name) => new(Group, Name(name), DnsType.A, false, default);

    private static byte[] Name(string name) => DnsName.TryParse(name)!.Wire.ToArray();

    private void Add(string name, uint lifetime = 1000, byte[]? body = null)
    {
        ushort[] offsets = [6];
        AnswerView answer = new(
            new DnsHeader(0, (DnsFlags)DnsCode.NoSuchName, 1, 1, 2, 3), body ?? new byte[40], MemoryMarshal.AsBytes<ushort>(offsets), 0, 9);
        _cache.Add(Question(name), answer, lifetime);
    }

    private uint? Age(string name) => _cache.TryGet(Question(name), out AnswerView answer, out _) ? answer.Age : null;
}
