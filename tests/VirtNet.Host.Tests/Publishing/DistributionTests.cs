using System.Net;
using VirtNet.Host.Publishing;

namespace VirtNet.Host.Tests.Publishing;

public class DistributionTests
{
    [Fact]
    public void Nobodys_clients_move_when_another_target_goes_or_comes()
    {
        HostTarget[] three = [Target(1), Target(2), Target(3)];
        IReadOnlyList<int> before = SlotTable.Assign(three);
        IReadOnlyList<int> after = SlotTable.Assign([three[0], three[2]]);
        for (int slot = 0; slot < SlotTable.Slots; slot++)
        {
            if (before[slot] != 1)
            {
                Assert.Equal(three[before[slot]], new[] { three[0], three[2] }[after[slot]]);
            }
        }

        Assert.All([0, 1, 2], target => Assert.InRange(before.Count(owner => owner == target), 25, 60));
    }

    [Fact]
    public void A_heavier_target_has_more_slots()
    {
        IReadOnlyList<int> slots = SlotTable.Assign([Target(1) with { Weight = 3 }, Target(2)]);
        Assert.InRange(slots.Count(owner => owner == 0), 80, 112);
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1 }, "012")]
    [InlineData(new[] { 2, 1 }, "010")]
    [InlineData(new[] { 4, 2 }, "010")]
    [InlineData(new[] { 3, 1 }, "0010")]
    [InlineData(new[] { 5 }, "0")]
    public void Turns_are_as_many_as_weights_say_and_spread(int[] weights, string turns) => Assert.Equal(
        turns, string.Concat(TurnTable.Assign([.. weights.Select((weight, i) => Target(i) with { Weight = weight })])));

    [Fact]
    public void Weights_that_have_no_divisor_in_common_do_not_make_a_long_table()
    {
        IReadOnlyList<int> turns = TurnTable.Assign([Target(1) with { Weight = 256 }, Target(2) with { Weight = 255 }, Target(3)]);
        Assert.InRange(turns.Count, 3, 300);
        Assert.Equal(3, turns.Distinct().Count());
    }

    private static HostTarget Target(int i) => new(IPAddress.Parse($"10.0.0.{i + 1}"), 80);
}
