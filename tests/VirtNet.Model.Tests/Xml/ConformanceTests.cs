using System.Text.Json;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>The cases observed with libvirt, run against the model alone: what a daemon adds is done here by hand.</summary>
public class ConformanceTests
{
    private static readonly MacAddress GeneratedMac = MacAddress.Parse("52:54:00:11:22:33");

    [Fact]
    public void Every_observed_definition_gives_the_recorded_error_or_output()
    {
        CaseReport report = new();
        foreach (JsonElement test in Definitions())
        {
            string expected = test.GetProperty("result").GetString() == "error"
                ? $"{test.GetProperty("code").GetInt32()} {test.GetProperty("message").GetString()}"
                : test.GetProperty("inactive_xml").GetString()!;
            report.Check(
                test.GetProperty("name").GetString()!, expected.TrimEnd('\n'),
                () => Define(test.GetProperty("xml").GetString()!));
        }

        report.AssertAllPassed();
    }

    [Fact]
    public void Every_round_trip_case_prints_as_libvirt_prints_it()
    {
        string outputs = ConformanceData.PathOf("cases/networkxml2xmlout");
        CaseReport report = new();
        foreach (string input in Directory.EnumerateFiles(ConformanceData.PathOf("cases/networkxml2xmlin")))
        {
            string output = Path.Combine(outputs, Path.GetFileName(input));
            report.Check(
                Path.GetFileName(input), File.Exists(output) ? File.ReadAllText(output) : "refused",
                () => Print(File.ReadAllText(input)) ?? "refused");
        }

        report.AssertAllPassed();
    }

    [Fact]
    public void Every_accepted_document_reads_back_from_what_is_printed_of_it()
    {
        CaseReport report = new();
        IEnumerable<(string Name, string Xml)> observed = Definitions()
            .Where(test => test.GetProperty("result").GetString() == "ok")
            .Select(test => (test.GetProperty("name").GetString()!, test.GetProperty("xml").GetString()!));
        IEnumerable<(string Name, string Xml)> given = Directory
            .EnumerateFiles(ConformanceData.PathOf("cases/networkxml2xmlin"))
            .Select(file => (Path.GetFileName(file), File.ReadAllText(file)))
            .Where(document => Print(document.Item2) is not null);
        foreach ((string name, string xml) in observed.Concat(given))
        {
            report.Check(name, "equal", () =>
            {
                // What was left out and is printed (stp, delay) is written down from the first reading on.
                NetworkDefinition read = NetworkXml.Parse(NetworkXml.Format(Completed(xml))).Definition;
                string printed = NetworkXml.Format(read);
                return Completed(printed) == read ? "equal" : printed;
            });
        }

        report.AssertAllPassed();
    }

    [Fact]
    public void The_schema_knows_all_of_every_accepted_document_and_takes_those_of_libvirts_own_tests()
    {
        CaseReport report = new();
        foreach (JsonElement test in Definitions())
        {
            if (test.GetProperty("result").GetString() == "ok")
            {
                string xml = test.GetProperty("xml").GetString()!;
                report.Check(test.GetProperty("name").GetString()!, "", () => SchemaFaults.OfShape(xml));
                report.Check(test.GetProperty("name").GetString()!, "", () => SchemaFaults.OfShape(Print(xml)!));
            }
        }

        foreach (string input in Directory.EnumerateFiles(ConformanceData.PathOf("cases/networkxml2xmlout")))
        {
            report.Check(Path.GetFileName(input), "valid", () => Validate(File.ReadAllText(input)));
        }

        report.AssertAllPassed();
    }

    private static JsonElement.ArrayEnumerator Definitions() =>
        ConformanceData.Json("observed/define-cases.json").GetProperty("cases").EnumerateArray();

    private static NetworkDefinition Completed(string xml) =>
        NetworkDefaults.Complete(NetworkXml.Parse(xml).Definition, bytes => bytes.Fill(7), bridgeNameTaken: _ => false);

    /// <summary>Without the uuid line and with a mark for a generated MAC address, as the cases have it.</summary>
    private static string Define(string xml)
    {
        NetworkDefinition given = NetworkXml.Parse(xml).Definition;
        NetworkDefinition defined = Completed(xml);
        try
        {
            NetworkValidator.Validate(defined, isVirtualFunction: _ => false);
        }
        catch (VirtNetException e)
        {
            return $"{(int)e.Code} {e.Message}".TrimEnd('\n');
        }

        bool generated = given.Mac is null && defined.Mac is not null;
        string printed = NetworkXml.Format(defined with { Uuid = null, Mac = generated ? GeneratedMac : defined.Mac });
        printed = printed.TrimEnd('\n');
        return generated ? printed.Replace(GeneratedMac.ToString(), "@MAC@", StringComparison.Ordinal) : printed;
    }

    /// <returns>Null if the document is refused.</returns>
    private static string? Print(string xml)
    {
        try
        {
            return NetworkXml.Format(NetworkXml.Parse(xml).Definition);
        }
        catch (VirtNetException)
        {
            return null;
        }
    }

    private static string Validate(string xml)
    {
        NetworkSchema.Validate(xml);
        return "valid";
    }
}
