using System.Text.Json;
using System.Text.RegularExpressions;
using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Ports;

public sealed partial class NetworkPortConformanceTests
{
    [Fact]
    public void Ports_get_what_libvirt_gives_them_and_are_printed_as_they_were_read()
    {
        JsonElement table = ConformanceData.Observed("port-cases.json");
        CaseReport report = new();
        foreach (JsonElement @case in table.GetProperty("cases").EnumerateArray())
        {
            uint flags = @case.GetProperty("flags").GetUInt32();
            if (flags > 1)
            {
                continue; // flag words are the driver's business
            }

            string network = table.GetProperty("networks").GetProperty(Text(@case, "network")).GetString()!;
            report.Check(Text(@case, "name"), Expected(@case), () => Mask(NetworkPortXml.Format(NetworkPortAllocator.Allocate(
                NetworkXml.Parse(network).Definition,
                existing: [],
                NetworkPortXml.Parse(Text(@case, "xml")),
                reclaim: flags == 1))));
        }

        foreach ((string name, string xml) in ConformanceData.LibvirtFiles("virnetworkportxml2xmldata"))
        {
            report.Check(name, xml, () =>
            {
                NetworkSchema.ValidatePort(xml);
                return NetworkPortXml.Format(NetworkPortXml.Parse(xml));
            });
        }

        report.AssertAllPassed();
    }

    private static string Expected(JsonElement @case) => Text(@case, "result") == "ok"
        ? Mask(Text(@case, "port_xml"))
        : $"{@case.GetProperty("code").GetInt32()} {Text(@case, "message")}";

    private static string Text(JsonElement @case, string name) => @case.GetProperty(name).GetString()!;

    /// <summary>An Open vSwitch interface id is made up.</summary>
    private static string Mask(string xml) => MadeUpId().Replace(xml, "interfaceid='made up'");

    [GeneratedRegex("interfaceid='[0-9a-f-]{36}'")]
    private static partial Regex MadeUpId();
}
