using VirtNet.Model.Conditions;

namespace VirtNet.Model.Tests.Conditions;

public sealed class ConditionBoardTests
{
    private static readonly Guid Network = Guid.NewGuid();
    private static readonly Condition Ufw = new(ConditionKind.CutOff, "ufw");
    private static readonly Condition Disk = new(ConditionKind.Warning, "leases cannot be written");

    private readonly ConditionBoard _board = new();

    [Fact]
    public void What_a_source_says_replaces_what_it_said_before()
    {
        Assert.True(_board.Set(Network, "firewall", [Ufw, Disk]));
        Assert.True(_board.Set(Network, "firewall", [Ufw]));
        Assert.False(_board.Set(Network, "firewall", [Ufw]));
        Assert.Equal([Ufw], _board.Of(Network));
    }

    [Fact]
    public void Sources_and_networks_do_not_touch_each_other_and_what_cuts_off_comes_first()
    {
        _board.Set(Network, "disk", [Disk]);
        _board.Set(Network, "firewall", [Ufw]);
        _board.Set(null, "disk", [Disk]);
        Assert.Equal([Ufw, Disk], _board.Of(Network));
        Assert.Equal([Disk], _board.Of(null));
        Assert.Empty(_board.Of(Guid.NewGuid()));
    }

    [Fact]
    public void What_is_over_leaves_nothing_behind()
    {
        _board.Set(Network, "disk", [Disk]);
        _board.Set(Network, "firewall", [Ufw]);
        Assert.True(_board.Set(Network, "disk", []));
        Assert.False(_board.Set(Network, "disk", []));
        Assert.Equal([Ufw], _board.Of(Network));
        _board.Forget(Network);
        Assert.Empty(_board.Of(Network));
    }
}
