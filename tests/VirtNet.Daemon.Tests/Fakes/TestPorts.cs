namespace VirtNet.Daemon.Tests.Fakes;

/// <summary>Guest interfaces as hypervisors ask for them.</summary>
internal static class TestPorts
{
    public const string Uuid = "5d744f21-ba4a-4d6e-bdb2-30a35ff3207d";

    public static string Xml(string? bandwidth = null, string mac = "52:54:00:00:00:01") => $"""
        <networkport><uuid>{Uuid}</uuid><owner><name>guest</name><uuid>11111111-2222-3333-4444-555555555555</uuid></owner><mac address='{mac}'/>
        {bandwidth}</networkport>
        """;
}
