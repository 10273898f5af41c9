using System.Text;
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
        string? file = Conformance.Find("observed/define-cases.json");
        Assert.SkipWhen(file is null, Conformance.Missing);
        using JsonDocument data = JsonDocument.Parse(File.ReadAllText(file));
        StringBuilder failures = new();
        foreach (JsonElement test in data.RootElement.GetProperty("cases").EnumerateArray())
        {
            string expected = test.GetProperty("result").GetString() == "error"
                ? $"{test.GetProperty("code").GetInt32()} {test.GetProperty("message").GetString()}"
                : test.GetProperty("inactive_xml").GetString()!;
            string got = Define(test.GetProperty("xml").GetString()!);
            if (got.TrimEnd('\n') != expected.TrimEnd('\n'))
            {
                failures.Append($"{test.GetProperty("name").GetString()}\nexpected: {expected}\ngot:      {got}\n");
            }
        }

        Assert.Equal("", failures.ToString());
    }

    [Fact]
    public void Every_round_trip_case_prints_as_libvirt_prints_it()
    {
        string? inputs = Conformance.Find("cases/networkxml2xmlin");
        string? outputs = Conformance.Find("cases/networkxml2xmlout");
        Assert.SkipWhen(inputs is null || outputs is null, Conformance.Missing);
        StringBuilder failures = new();
        foreach (string input in Directory.EnumerateFiles(inputs!))
        {
            string output = Path.Combine(outputs!, Path.GetFileName(input));
            string expected = File.Exists(output) ? File.ReadAllText(output) : "refused";
            string got;
            try
            {
                got = NetworkXml.Format(NetworkXml.Parse(File.ReadAllText(input)).Definition);
            }
            catch (VirtNetException)
            {
                got = "refused";
            }

            if (got != expected)
            {
                failures.Append($"{Path.GetFileName(input)}\nexpected: {expected}\ngot:      {got}\n");
            }
        }

        Assert.Equal("", failures.ToString());
    }

    /// <summary>Without the uuid line and with a mark for a generated MAC address, as the cases have it.</summary>
    private static string Define(string xml)
    {
        try
        {
            NetworkDefinition given = NetworkXml.Parse(xml).Definition;
            NetworkDefinition defined = NetworkDefaults.Complete(given, bytes => bytes.Fill(7), bridgeNameTaken: _ => false);
            NetworkValidator.Validate(defined, isVirtualFunction: _ => false);
            bool generated = given.Mac is null && defined.Mac is not null;
            string printed = NetworkXml.Format(defined with { Uuid = null, Mac = generated ? GeneratedMac : defined.Mac });
            return generated ? printed.Replace(GeneratedMac.ToString(), "@MAC@", StringComparison.Ordinal) : printed;
        }
        catch (VirtNetException e)
        {
            return $"{(int)e.Code} {e.Message}";
        }
    }
}
