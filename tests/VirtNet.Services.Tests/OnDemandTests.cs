namespace VirtNet.Services.Tests;

public sealed class OnDemandTests
{
    [Fact]
    public void What_cannot_be_made_is_made_at_the_next_use()
    {
        int tries = 0;
        OnDemand<string> thing = new(() => ++tries < 3 ? throw new IOException("no descriptor") : "made");
        Assert.Throws<IOException>(() => thing.Value);
        Assert.Throws<IOException>(() => thing.Value);
        Assert.Null(thing.IfMade);
        Assert.Equal("made", thing.Value);
        Assert.Equal("made", thing.IfMade);
        Assert.Equal("made", thing.Value);
        Assert.Equal(3, tries);
    }

    [Fact]
    public void Those_who_use_it_at_the_same_time_get_the_same()
    {
        int made = 0;
        OnDemand<object> thing = new(() =>
        {
            Interlocked.Increment(ref made);
            return new object();
        });
        object[] got = new object[8];
        Parallel.For(0, got.Length, i => got[i] = thing.Value);
        Assert.Single(got.Distinct());
        Assert.Equal(1, made);
    }
}
