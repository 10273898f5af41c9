using VirtNet.Daemon.Configuration;

namespace VirtNet.Daemon.Tests;

public class DescriptorListTests
{
    [Theory]
    [InlineData("3", 3)]
    [InlineData("3-5,9", 3, 4, 5, 9)]
    [InlineData("7,9-10,12", 7, 9, 10, 12)]
    public void It_is_read_as_it_is_written(string text, params int[] descriptors)
    {
        Assert.Equal(text, DescriptorList.Format(descriptors));
        Assert.Equal(descriptors, DescriptorList.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("-4")]
    [InlineData("5-3")]
    [InlineData("4,4")]
    [InlineData("9,3")]
    [InlineData("3-4-5")]
    [InlineData("3,x")]
    [InlineData("3-99999999")]
    public void What_is_no_list_of_descriptors_is_refused(string text) => Assert.Null(DescriptorList.Parse(text));

    [Fact]
    public void Ten_thousand_in_a_row_are_a_short_argument() => Assert.Equal("20-10019", DescriptorList.Format(Enumerable.Range(20, 10_000)));
}
