using System.Net;
using VirtNet.Fabric.Definitions;
using VirtNet.Model;

namespace VirtNet.Fabric.Tests.Definitions;

public sealed class AddressBlockTests
{
    [Fact]
    public void A_pool_has_the_blocks_that_it_reaches_into_each_once()
    {
        DhcpRange pool = new(IPAddress.Parse("10.0.0.20"), IPAddress.Parse("10.0.0.70"));

        foreach (uint from in (uint[])[0, 1, 3, uint.MaxValue])
        {
            Assert.Equal(
                ["10.0.0.16", "10.0.0.32", "10.0.0.48", "10.0.0.64"],
                AddressBlock.FirstsIn(pool, from).Select(first => first.ToString()).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("255.255.255.250", "255.255.255.255", "255.255.255.240")]
    [InlineData("fd00::ffff", "fd00::ffff", "fd00::fff0")]
    public void The_last_addresses_there_are_do_no_harm(string start, string end, string first)
    {
        DhcpRange pool = new(IPAddress.Parse(start), IPAddress.Parse(end));

        Assert.Equal([IPAddress.Parse(first)], AddressBlock.FirstsIn(pool, 7));
        Assert.Equal(AddressBlock.Size, AddressBlock.At(IPAddress.Parse(first)).Count);
    }

    [Fact]
    public void A_pool_larger_than_anybody_can_walk_through_ends()
    {
        DhcpRange pool = new(IPAddress.Parse("fd00::"), IPAddress.Parse("fd00::ffff:ffff:ffff:ffff"));

        Assert.Equal(1 << 16, AddressBlock.FirstsIn(pool, 1).Count());
    }

    [Fact]
    public void Neighbours_become_one_row()
    {
        AddressBlock[] blocks = [At("10.0.0.32"), At("10.0.0.0"), At("10.0.0.16"), At("10.0.0.64")];

        Assert.Equal(["10.0.0.0-10.0.0.47", "10.0.0.64-10.0.0.79"], AddressBlock.Join(blocks).Select(block => $"{block.First}-{block.Last}"));
    }

    private static AddressBlock At(string first) => AddressBlock.At(IPAddress.Parse(first));
}
