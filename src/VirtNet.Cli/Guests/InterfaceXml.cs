namespace VirtNet.Cli.Guests;

/// <summary>A new interface.</summary>
/// <param name="Type">network, bridge, direct, hostdev or vhostuser.</param>
internal sealed record InterfaceXml(string Type, string Source)
{
    /// <summary>The hypervisor takes a device from the host's driver, and gives it back.</summary>
    public bool Managed { get; init; }

    public string? Mode { get; init; }

    public string? Target { get; init; }

    public string? Mac { get; init; }

    public string? Script { get; init; }

    public string? Model { get; init; }

    public string? Alias { get; init; }

    public InterfaceBandwidth? Inbound { get; init; }

    public InterfaceBandwidth? Outbound { get; init; }

    /// <summary>The element in virsh's layout, one line each.</summary>
    public IReadOnlyList<string> Lines()
    {
        List<string> lines = [$"<interface type='{Type}'{(Managed ? " managed='yes'" : "")}>", .. SourceLines()];
        Add(lines, Target, value => $"<target dev='{value}'/>");
        Add(lines, Mac, value => $"<mac address='{value}'/>");
        Add(lines, Script, value => $"<script path='{value}'/>");
        Add(lines, Model, value => $"<model type='{value}'/>");
        Add(lines, Alias, value => $"<alias name='{value}'/>");
        if (Inbound is not null || Outbound is not null)
        {
            lines.Add("  <bandwidth>");
            lines.AddRange(new[] { Inbound, Outbound }.OfType<InterfaceBandwidth>().Select(limit => "    " + limit.Format()));
            lines.Add("  </bandwidth>");
        }

        lines.Add("</interface>");
        return lines;
    }

    private IReadOnlyList<string> SourceLines()
    {
        string source = XmlBytes.Encode(Source);
        string mode = Mode is null ? "" : $" mode='{XmlBytes.Encode(Mode)}'";
        return Type switch
        {
            "hostdev" => ["  <source>", $"    {PciAddress.Parse(Source).Format()}", "  </source>"],
            "vhostuser" => [$"  <source type='unix' path='{source}'{mode}/>"],
            "direct" => [$"  <source dev='{source}'{mode}/>"],
            _ => [$"  <source {Type}='{source}'/>"],
        };
    }

    private static void Add(List<string> lines, string? value, Func<string, string> format)
    {
        if (value is not null)
        {
            lines.Add("  " + format(XmlBytes.Encode(value)));
        }
    }
}
