namespace VirtNet.Cli.Guests;

/// <summary>A new interface.</summary>
/// <param name="Type">network, bridge, direct or hostdev.</param>
internal sealed record InterfaceXml(string Type, string Source)
{
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
        List<string> lines = [$"<interface type='{Type}'>"];
        string attribute = Type == "direct" ? "dev" : Type;
        Add(lines, Source, value => $"<source {attribute}='{value}'{(Mode is null ? "" : $" mode='{XmlBytes.Encode(Mode)}'")}/>");
        Add(lines, Target, value => $"<target dev='{value}'/>");
        Add(lines, Mac, value => $"<mac address='{value}'/>");
        Add(lines, Script, value => $"<script path='{value}'/>");
        Add(lines, Model, value => $"<model type='{value}'/>");
        Add(lines, Alias, value => $"<alias name='{value}'/>");
        if (Inbound is not null || Outbound is not null)
        {
            lines.Add("  <bandwidth>");
            lines.AddRange(new[] { Inbound?.Format("inbound"), Outbound?.Format("outbound") }.OfType<string>().Select(line => "    " + line));
            lines.Add("  </bandwidth>");
        }

        lines.Add("</interface>");
        return lines;
    }

    private static void Add(List<string> lines, string? value, Func<string, string> format)
    {
        if (value is not null)
        {
            lines.Add("  " + format(XmlBytes.Encode(value)));
        }
    }
}

/// <summary>One direction of an interface's rate limit, kilobytes a second and kilobytes.</summary>
internal sealed record InterfaceBandwidth(ulong Average, ulong Peak, ulong Burst)
{
    /// <summary>Reads <c>average[,peak[,burst]]</c>.</summary>
    public static InterfaceBandwidth Parse(string text)
    {
        string[] names = ["average", "peak", "burst"];
        ulong[] values = new ulong[3];
        string[] parts = text.Split(',');
        for (int index = 0; index < parts.Length; index++)
        {
            if (index >= names.Length || !ulong.TryParse(parts[index], out values[index]))
            {
                throw new CommandFailure($"field '{names[Math.Min(index, 2)]}' is malformed");
            }
        }

        return new InterfaceBandwidth(values[0], values[1], values[2]);
    }

    public string Format(string element) =>
        $"<{element} average='{Average}'{(Peak > 0 ? $" peak='{Peak}'" : "")}{(Burst > 0 ? $" burst='{Burst}'" : "")}/>";
}
