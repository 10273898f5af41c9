using CsCheck;
using VirtNet.Services.Dns.Forwarding;

namespace VirtNet.Services.Tests.Dns;

public sealed class HoldersTests
{
    [Fact]
    public void The_largest_is_always_one_of_those_who_hold_most() =>
        Gen.Select(Gen.Int[0, 9], Gen.Bool).Array[0, 300].Sample(steps =>
        {
            Holders<One> holders = new();
            One[] all = [.. Enumerable.Range(0, 10).Select(_ => new One())];
            foreach ((int which, bool grows) in steps)
            {
                if (grows)
                {
                    holders.Grow(all[which]);
                }
                else if (all[which].Held > 0)
                {
                    holders.Shrink(all[which]);
                }

                int most = all.Max(one => one.Held);
                Assert.Equal(most == 0 ? null : most, holders.Largest?.Held);
            }
        });

    [Fact]
    public void Of_several_who_hold_as_much_it_is_who_has_done_so_for_longest()
    {
        Holders<One> holders = new();
        One first = new();
        One second = new();
        holders.Grow(second);
        holders.Grow(first);
        Assert.Same(second, holders.Largest);
        holders.Shrink(second);
        holders.Grow(second);
        Assert.Same(first, holders.Largest);
    }

    private sealed class One : Holder;
}
