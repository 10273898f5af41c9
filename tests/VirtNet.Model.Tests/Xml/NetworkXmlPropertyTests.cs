using System.Text;
using CsCheck;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

public class NetworkXmlPropertyTests
{
    private static readonly string[] Seeds =
        [.. GoldenFolder.CasesWith("in.xml").Select(name => GoldenFolder.Read(name.Data, "in.xml"))];

    [Fact]
    public void Every_definition_reads_back_as_it_was_printed() => Definitions.Any.Sample(
        definition => Assert.Equal(definition, NetworkXml.Parse(NetworkXml.Format(definition)).Definition), iter: 2000);

    [Fact]
    public void All_of_every_printed_definition_is_known_to_the_schema() =>
        Definitions.Any.Sample(definition => Assert.Empty(SchemaFaults.OfShape(NetworkXml.Format(definition))), iter: 300);

    [Fact]
    public void Random_bytes_are_refused_and_never_crash() => Gen.Byte.Array[0, 2000].Sample(bytes =>
    {
        Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Encoding.UTF8.GetString(bytes)));
        Assert.Throws<VirtNetException>(() => NetworkXml.Parse(Encoding.Latin1.GetString(bytes)));
    });

    [Fact]
    public void A_changed_document_is_refused_with_an_error_or_read_and_printed_stably() =>
        Gen.Select(Gen.Int[0, Seeds.Length - 1].Select(index => Seeds[index]), Gen.Select(Gen.Double[0, 1], Gen.Int[0, 30], Gen.String[0, 5]).Array[1, 6]).Sample(
            (seed, changes) =>
            {
                string xml = seed;
                foreach ((double where, int cut, string put) in changes)
                {
                    int start = (int)(where * xml.Length);
                    xml = xml[..start] + put + xml[Math.Min(xml.Length, start + cut)..];
                }

                Read(xml);
            },
            iter: 5000);

    [Fact]
    public void Values_swapped_between_attributes_are_refused_with_an_error_or_read_and_printed_stably() =>
        Gen.Select(Gen.Int[0, Seeds.Length - 1].Select(index => Seeds[index]), Gen.Int[0, Seeds.Length - 1].Select(index => Seeds[index]), Gen.Int[0, 200], Gen.Int[0, 200]).Sample(
            (seed, other, from, to) =>
            {
                string[] values = other.Split('\'', '"');
                string[] parts = seed.Split('\'', '"');
                if (parts.Length > 2)
                {
                    int place = 1 + (2 * (to % (parts.Length / 2)));
                    parts[place] = values[from % values.Length].Replace("<", "&lt;", StringComparison.Ordinal);
                }

                Read(string.Join('\'', parts));
            },
            iter: 5000);

    [Theory]
    [MemberData(nameof(HostileDocuments))]
    public void A_hostile_document_of_64_KiB_costs_less_than_50_ms(string part)
    {
        string xml = $"<network><name>n</name><forward/><ip address='10.1.0.1' prefix='16'/>{Repeat(part)}</network>";
        string unfinished = $"<network><name>n</name>{Repeat(part)}";
        Assert.InRange(BestOf(10, () => Try(xml)), 0, 50);
        Assert.InRange(BestOf(10, () => Try(unfinished)), 0, 50);
    }

    public static TheoryData<string> HostileDocuments =>
    [
        "<zork/>", "<a>", "<bridge name='b'/>", "<ip address='10.1.0.1'/>", "<x y='1' z='2'/>", "&#65;", "&lt;", "\n", "<!---->",
        "<?a?>", "<route address='10.9.0.0' prefix='16' gateway='10.1.0.2'/>", "<portgroup name='a'/>",
        "<ip address='10.2.0.1' prefix='17'/><route address='10.9.0.0' prefix='16' gateway='10.1.0.2'/>", "<metadata><a/></metadata>",
        "<a:b/>", "<dns><host ip='1.1.1.1'><hostname>a</hostname></host></dns>", "<bridge1/>", "“", "<network>",
    ];

    /// <summary>The least of several times, in milliseconds: what the code costs, not what the machine was busy with.</summary>
    private static double BestOf(int times, Action action)
    {
        double best = double.MaxValue;
        for (int i = 0; i < times && best >= 50; i++)
        {
            TimeSpan start = ThreadTime.Now();
            action();
            best = Math.Min(best, (ThreadTime.Now() - start).TotalMilliseconds);
        }

        return best;
    }

    private static string Repeat(string part) => string.Concat(Enumerable.Repeat(part, 65536 / part.Length));

    private static void Read(string xml)
    {
        if (Try(xml) is { } definition)
        {
            string printed = NetworkXml.Format(definition);
            Assert.Equal(printed, NetworkXml.Format(NetworkXml.Parse(printed).Definition));
        }
    }

    private static NetworkDefinition? Try(string xml)
    {
        try
        {
            return NetworkXml.Parse(xml).Definition;
        }
        catch (VirtNetException refused)
        {
            Assert.NotEqual("", refused.Message);
            return null;
        }
    }
}
