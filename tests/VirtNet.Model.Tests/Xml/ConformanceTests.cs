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
        IReadOnlyDictionary<string, string> outputs = Outputs();
        CaseReport report = new();
        foreach ((string name, string xml) in Inputs())
        {
            report.Check(name, outputs.GetValueOrDefault(name, "refused"), () => Print(xml) ?? "refused");
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
        IEnumerable<(string Name, string Xml)> given = Inputs()
            .Where(document => Print(document.Value) is not null).Select(document => (document.Key, document.Value));
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

        foreach ((string name, string xml) in ConformanceData.LibvirtFiles("networkxml2xmlout"))
        {
            report.Check(name, "valid", () => Validate(xml));
        }

        report.AssertAllPassed();
    }

    private static JsonElement.ArrayEnumerator Definitions() =>
        ConformanceData.Observed("define-cases.json").GetProperty("cases").EnumerateArray();

    /// <summary>Documents of our own and, where they are here, of libvirt's tests.</summary>
    private static Dictionary<string, string> Inputs() => Documents("in.xml", "networkxml2xmlin");

    /// <summary>What is printed of them; one without is refused.</summary>
    private static Dictionary<string, string> Outputs() => Documents("out.xml", "networkxml2xmlout");

    private static Dictionary<string, string> Documents(string file, string libvirtFolder) => new(
        [
            .. GoldenFolder.Files(file),
            .. ConformanceData.LibvirtFiles(libvirtFolder).Select(each => KeyValuePair.Create($"libvirt's {each.Key}", each.Value)),
        ],
        StringComparer.Ordinal);

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
