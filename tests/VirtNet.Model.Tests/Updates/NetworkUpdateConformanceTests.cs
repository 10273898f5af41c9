using System.Text.Json;
using System.Text.RegularExpressions;
using VirtNet.Model.Updates;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Updates;

public sealed partial class NetworkUpdateConformanceTests
{
    private static readonly Dictionary<string, NetworkUpdateCommand> Commands = new()
    {
        ["modify"] = NetworkUpdateCommand.Modify,
        ["delete"] = NetworkUpdateCommand.Delete,
        ["add-last"] = NetworkUpdateCommand.AddLast,
        ["add-first"] = NetworkUpdateCommand.AddFirst,
    };

    private static readonly string[] Sections =
    [
        "", "bridge", "domain", "ip", "ip-dhcp-host", "ip-dhcp-range", "forward", "forward-interface", "forward-pf",
        "portgroup", "dns-host", "dns-txt", "dns-srv",
    ];

    [Fact]
    public void Updates_do_what_was_observed_with_libvirt()
    {
        JsonElement table = ConformanceData.Observed("update-observed.json");
        CaseReport report = new();
        foreach (JsonElement @case in table.GetProperty("cases").EnumerateArray())
        {
            string xml = table.GetProperty("bases").GetProperty(@case.GetProperty("base").GetString()!).GetString()!;
            string expected = @case.GetProperty("result").GetString() == "ok"
                ? @case.GetProperty("inactive_xml").GetString()!
                : Error(@case);
            report.Check(@case.GetProperty("name").GetString()!, expected, () =>
            {
                foreach (JsonElement step in @case.GetProperty("steps").EnumerateArray())
                {
                    xml = Apply(xml, CommandOf(step[0]), SectionOf(step[1]), step[2].GetInt32(), step[3].GetString()!);
                }

                return UuidLine().Replace(xml, "", count: 1);
            });
        }

        CheckLibvirts(report);
        report.AssertAllPassed();
    }

    /// <summary>The updates of libvirt's own tests, where they are here.</summary>
    private static void CheckLibvirts(CaseReport report)
    {
        if (ConformanceData.LibvirtText("update-cases.tsv") is not { } table)
        {
            return;
        }

        using JsonDocument errors = JsonDocument.Parse(ConformanceData.LibvirtText("update-errors.json")!);
        IReadOnlyDictionary<string, string> bases = ConformanceData.LibvirtFiles("networkxml2xmlin");
        IReadOnlyDictionary<string, string> fragments = ConformanceData.LibvirtFiles("networkxml2xmlupdatein");
        IReadOnlyDictionary<string, string> results = ConformanceData.LibvirtFiles("networkxml2xmlupdateout");
        foreach (string line in table.Split('\n').Where(line => line is not ("" or ['#', ..])))
        {
            string[] row = line.Split('\t');
            string name = $"{row[0]}/{row[4]}";
            string expected = row[5] == "error" ? Error(errors.RootElement.GetProperty("errors").GetProperty(name)) : results[row[5]];
            report.Check(name, expected, () => Apply(
                bases[row[3]], Commands[row[2]], (NetworkUpdateSection)Array.IndexOf(Sections, row[1]), parentIndex: 0, fragments[row[4]]));
        }
    }

    private static string Apply(
        string xml, NetworkUpdateCommand command, NetworkUpdateSection section, int parentIndex, string fragment) =>
        NetworkXml.Format(
            NetworkUpdater.Apply(NetworkXml.Parse(xml).Definition, command, section, parentIndex, fragment));

    private static string Error(JsonElement error) =>
        $"{error.GetProperty("code").GetInt32()} {error.GetProperty("message").GetString()}";

    private static NetworkUpdateCommand CommandOf(JsonElement command) => command.ValueKind is JsonValueKind.Number
        ? (NetworkUpdateCommand)command.GetUInt32()
        : Commands[command.GetString()!];

    private static NetworkUpdateSection SectionOf(JsonElement section) => (NetworkUpdateSection)(
        section.ValueKind is JsonValueKind.Number ? section.GetInt32() : Array.IndexOf(Sections, section.GetString()));

    [GeneratedRegex("\n  <uuid>[^<]*</uuid>")]
    private static partial Regex UuidLine();
}
