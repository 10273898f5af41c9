using System.Collections.Immutable;
using VirtNet.Fabric.Frr;
using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Tests.Frr;

public sealed class BgpNeighboursTests
{
    [Theory]
    [InlineData("h1", "", "h2 h3 h4")]
    [InlineData("h1", "h2,h3", "h2 h3")]
    [InlineData("h2", "h2,h3", "h1+ h3 h4+")]
    [InlineData("h1", "gone,h5", "h2 h3 h4")] // h5 has no FRRouting
    [InlineData("h2", "gone,h2", "h1+ h3+ h4+")]
    public void A_member_has_sessions_with_all_or_with_those_that_reflect(string self, string reflectors, string neighbours) =>
        Assert.Equal(neighbours, string.Join(' ', BgpNeighbours.Of(View(reflectors), self).Select(Spoken)));

    private static FabricView View(string reflectors) => new(1)
    {
        Members = Enumerable.Range(1, 5)
            .Select(number => new Member($"h{number}", Guid.NewGuid(), $"192.0.2.{number}", "1.0.0") { BgpPort = number == 5 ? 0 : 179 })
            .ToImmutableDictionary(member => member.Name),
        Reflectors = [.. reflectors.Split(',', StringSplitOptions.RemoveEmptyEntries)],
    };

    private static string Spoken(BgpNeighbour neighbour) => $"h{neighbour.Address.Split('.')[3]}{(neighbour.IsClient ? "+" : "")}";
}
