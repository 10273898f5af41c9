using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

public sealed class AnswerCacheTests
{
    private static readonly UpstreamGroup Group = new(1, []);

    private readonly NetworkShare _network = new(1, "n");

    private readonly FakeTimeProvider _clock = new();
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
        Assert.False(_cache.TryGet(new DnsQuestion(_network, Group, Name("a.test"), DnsType.Aaaa, false, default), out _, out _));
        Assert.False(_cache.TryGet(new DnsQuestion(_network, new UpstreamGroup(2, []), Name("a.test"), DnsType.A, false, default), out _, out _));
        Assert.False(_cache.TryGet(new DnsQuestion(_network, Group, Name("a.test"), DnsType.A, true, default), out _, out _));
        Assert.False(_cache.TryGet(
            new DnsQuestion(_network, Group, Name("a.test"), DnsType.A, false, DnsFlags.CheckingDisabled), out _, out _));
        Assert.True(_cache.TryGet(
            new DnsQuestion(_network, Group, Name("a.test"), DnsType.A, false, DnsFlags.RecursionDesired), out _, out _));
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
    public void No_network_sees_what_another_has()
    {
        NetworkShare other = new(2, "o");
        Add("a.test");
        Assert.Null(Age("a.test", other));
        Add("a.test", network: other, lifetime: 10);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10u, Age("a.test"));
        Assert.Null(Age("a.test", other));
    }

    [Fact]
    public void A_flood_in_one_network_leaves_another_its_share()
    {
        NetworkShare other = new(2, "o");
        for (int i = 0; i < 500; i++)
        {
            Add($"quiet{i}.test", network: other); // a quarter of the memory, asked for once
        }

        for (int i = 0; i < 20_000; i++)
        {
            Add($"flood{i}.test");
        }

        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(0u, Age($"quiet{i}.test", other));
        }

        Assert.Null(Age("flood0.test"));
    }

    [Fact]
    public void Who_had_all_gives_up_half_to_another_network_and_keeps_what_is_asked_for()
    {
        NetworkShare other = new(2, "o");
        for (int i = 0; i < 20_000; i++)
        {
            Add($"flood{i}.test");
        }

        Add("wanted.test");
        for (int i = 0; i < 20_000; i++)
        {
            Add($"other{i}.test", network: other);
            Assert.Equal(0u, Age("wanted.test"));
        }

        int first = Enumerable.Range(0, 20_000).Count(i => Age($"flood{i}.test") is not null);
        int second = Enumerable.Range(0, 20_000).Count(i => Age($"other{i}.test", other) is not null);
        Assert.InRange((double)first / second, 0.7, 1.4);
    }

    [Fact]
    public void Many_more_networks_than_memory_for_each_are_served_within_it()
    {
        NetworkShare[] networks = [.. Enumerable.Range(1, 1000).Select(i => new NetworkShare((uint)i, $"n{i}"))];
        foreach (NetworkShare network in networks)
        {
            Add("a.test", network: network);
            Assert.Equal(0u, Age("a.test", network));
        }

        Assert.InRange(_cache.Count, 16, 64);
        Assert.Equal(0u, Age("a.test", networks[^1]));
    }

    [Fact]
    public void What_a_network_gives_up_others_can_use()
    {
        NetworkShare other = new(2, "o");
        for (int i = 0; i < 20_000; i++)
        {
            Add($"flood{i}.test");
        }

        int all = _cache.Count;
        _cache.Forget(_network);
        Assert.Equal(0, _cache.Count);
        Assert.Null(Age("flood19999.test"));
        for (int i = 0; i < 20_000; i++)
        {
            Add($"flood{i}.test", network: other);
        }

        Assert.InRange(_cache.Count, all - 200, all + 200);
    }

    [Fact]
    public void Networks_that_take_memory_from_each_other_at_random_never_get_a_wrong_answer()
    {
        Random random = new(2);
        NetworkShare[] networks = [.. Enumerable.Range(1, 40).Select(i => new NetworkShare((uint)i, $"n{i}"))];
        for (int i = 0; i < 60_000; i++)
        {
            NetworkShare network = networks[random.Next(random.Next(networks.Length) + 1)];
            int name = random.Next(300);
            if (random.Next(2000) == 0)
            {
                _cache.Forget(network);
                Assert.Null(Age($"n{name}.test", network));
            }
            else if (random.Next(3) == 0)
            {
                Add($"n{name}.test", body: [.. Enumerable.Repeat((byte)network.Id, random.Next(1, 300)), (byte)name], network: network);
            }
            else if (_cache.TryGet(Question($"n{name}.test", network), out AnswerView answer, out _))
            {
                Assert.Equal(((byte)network.Id, (byte)name), (answer.Records[0], answer.Records[^1]));
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

    private DnsQuestion Question(string name, NetworkShare? network = null) =>
        new(network ?? _network, Group, Name(name), DnsType.A, false, default);

    private static byte[] Name(string name) => DnsName.TryParse(name)!.Wire.ToArray();

    private void Add(string name, uint lifetime = 1000, byte[]? body = null, NetworkShare? network = null)
    {
        ushort[] offsets = [6];
        AnswerView answer = new(
            new DnsHeader(0, (DnsFlags)DnsCode.NoSuchName, 1, 1, 2, 3), body ?? new byte[40], MemoryMarshal.AsBytes<ushort>(offsets), 0, 9);
        _cache.Add(Question(name, network), answer, lifetime);
    }

    private uint? Age(string name, NetworkShare? network = null) =>
        _cache.TryGet(Question(name, network), out AnswerView answer, out _) ? answer.Age : null;
}
