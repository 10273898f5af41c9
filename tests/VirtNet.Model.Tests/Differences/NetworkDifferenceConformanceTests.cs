using System.Text.Json;
using VirtNet.Model.Differences;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Differences;

public sealed class NetworkDifferenceConformanceTests
{
    /// <summary>Whatever is made of whatever: what may run meanwhile is itself a definition that libvirt would read.</summary>
    [Fact]
    public void What_is_left_to_run_is_a_definition_too()
    {
        List<NetworkDefinition> definitions = [];
        foreach (JsonElement @case in ConformanceData.Observed("define-cases.json").GetProperty("cases").EnumerateArray())
        {
            if (@case.GetProperty("result").GetString() == "ok")
            {
                definitions.Add(NetworkXml.Parse(@case.GetProperty("xml").GetString()!).Definition);
            }
        }

        CaseReport report = new();
        foreach (NetworkDefinition before in definitions)
        {
            Assert.Empty(NetworkDifference.Between(before, before, []).Changes);
            foreach (NetworkDefinition after in definitions)
            {
                NetworkDifference difference = NetworkDifference.Between(before, after, []);
                report.Check(NetworkXml.Format(before) + NetworkXml.Format(after), "ok", () =>
                {
                    NetworkDefinition applicable =
                        NetworkXml.Parse(NetworkXml.Format(difference.Applicable)).Definition;
                    return NetworkDifference.Between(before, applicable, []).NeedsRestart ? "needs a restart" : "ok";
                });
            }
        }

        report.AssertAllPassed();
    }
}
