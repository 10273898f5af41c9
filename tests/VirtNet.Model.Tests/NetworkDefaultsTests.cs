using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests;

public class NetworkDefaultsTests
{
    [Fact]
    public void What_was_left_open_is_made_up()
    {
        NetworkDefinition complete = Complete("<forward/><ip address='10.1.1.1'/>");
        Assert.Equal("virbr0", complete.BridgeName);
        Assert.Equal("52:54:00:ab:ab:ab", complete.Mac.ToString());
        Assert.Equal("abababab-abab-4bab-abab-abababababab", complete.Uuid.ToString());
    }

    [Fact]
    public void What_was_given_stays()
    {
        string given =
            "<uuid>00000000-0000-0000-0000-000000000000</uuid><bridge name='b0'/><mac address='52:54:00:00:00:01'/>";
        Assert.Equal(NetworkXml.Parse(Documents(given)).Definition, Complete(given));
    }

    [Theory]
    [InlineData("lab%d", "lab2")]
    [InlineData("a%db", "a2b")]
    [InlineData("lab%s%d", "virbr2")]
    [InlineData("%d%d", "virbr2")]
    [InlineData("50%", "50%")]
    [InlineData("b0", "b0")]
    public void A_bridge_name_with_a_number_to_fill_in_is_a_template(string given, string expected)
    {
        string[] taken = ["lab0", "lab1", "a0b", "a1b", "virbr0", "virbr1", "b0"];
        Assert.Equal(expected, Complete($"<bridge name='{given}'/>", taken.Contains).BridgeName);
    }

    [Fact]
    public void Numbers_run_out_after_256()
    {
        Assert.Equal("virbr256", Complete("", name => name != "virbr256").BridgeName);
        VirtNetException refused = Assert.Throws<VirtNetException>(() => Complete("", _ => true));
        Assert.Equal("internal error: Bridge generation exceeded max id 256", refused.Message);
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("vepa")]
    [InlineData("hostdev")]
    public void Only_networks_with_a_bridge_of_their_own_get_one(string mode)
    {
        NetworkDefinition complete = Complete($"<forward mode='{mode}'/>");
        Assert.Equal((null, null), (complete.Bridge, complete.Mac));
        Assert.NotNull(complete.Uuid);
    }

    [Fact]
    public void A_file_without_bridge_name_is_not_repaired_but_loses_a_mac_it_cannot_have()
    {
        NetworkDefinition isolated = NetworkXml.Parse(Documents("")).Definition;
        NetworkDefinition repaired = NetworkDefaults.Repair(isolated, Fill);
        Assert.Null(repaired.BridgeName);
        Assert.NotNull(repaired.Mac);
        NetworkDefinition bridged = NetworkXml.Parse(
            Documents("<forward mode='bridge'/><mac address='52:54:00:00:00:01'/>")).Definition;
        Assert.Null(NetworkDefaults.Repair(bridged, Fill).Mac);
    }

    private static NetworkDefinition Complete(string part, Func<string, bool>? taken = null) =>
        NetworkDefaults.Complete(NetworkXml.Parse(Documents(part)).Definition, Fill, taken ?? (_ => false));

    private static void Fill(Span<byte> bytes) => bytes.Fill(0xab);

    private static string Documents(string part) => Xml.Documents.Whole(part);
}
