using VirtNet.Model.Ports;
using static VirtNet.Model.Tests.Ports.TestPorts;

namespace VirtNet.Model.Tests.Ports;

public sealed class MacMapTests
{
    [Fact]
    public void Guests_are_listed_by_name_with_the_addresses_of_their_ports()
    {
        MacMap map = MacMap.Of([Port(1) with { OwnerName = "zed" }, Port(2) with { OwnerName = "a\"é/" }, Port(3) with { OwnerName = "zed" }]);
        Assert.Equal(
            """
            [
              {
                "domain": "a\"é/",
                "macs": [
                  "52:54:00:00:00:02"
                ]
              },
              {
                "domain": "zed",
                "macs": [
                  "52:54:00:00:00:01",
                  "52:54:00:00:00:03"
                ]
              }
            ]

            """,
            MacMapJson.Format(map));
        Assert.Equal(map, MacMapJson.Parse(MacMapJson.Format(map)));
    }

    [Fact]
    public void A_network_without_ports_has_an_empty_list()
    {
        Assert.Equal("[]\n", MacMapJson.Format(MacMap.Of([])));
        Assert.Empty(MacMapJson.Parse("[\n\n]\n").Guests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{\"domain\":\"g\"}]")]
    [InlineData("[{\"domain\":1,\"macs\":[]}]")]
    [InlineData("[{\"domain\":\"g\",\"macs\":[\"x\"]}]")]
    [InlineData("[{\"domain\":null,\"macs\":[null]}]")]
    public void Other_text_is_refused(string text) => Assert.Throws<FormatException>(() => MacMapJson.Parse(text));
}
