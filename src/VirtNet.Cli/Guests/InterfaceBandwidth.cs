using System.Globalization;

namespace VirtNet.Cli.Guests;

/// <summary>One direction of an interface's rate limit, kilobytes a second and kilobytes; 0 = not said.</summary>
/// <param name="Direction">inbound or outbound.</param>
internal sealed record InterfaceBandwidth(string Direction, ulong Average, ulong Peak, ulong Burst, ulong Floor)
{
    private static readonly string[] Fields = ["average", "peak", "burst", "floor"];

    /// <summary>Reads <c>average[,peak[,burst[,floor]]]</c>, any of them empty, with virsh's messages.</summary>
    public static InterfaceBandwidth Parse(string direction, string text)
    {
        string[] parts = text.Split(',');
        if (parts.Length > Fields.Length)
        {
            throw new CommandFailure($"Rate string '{text}' has too many fields");
        }

        ulong[] values = new ulong[Fields.Length];
        for (int index = 0; index < parts.Length; index++)
        {
            values[index] = ParseField(Fields[index], parts[index]);
        }

        InterfaceBandwidth read = new(direction, values[0], values[1], values[2], values[3]);
        return direction == "inbound" ? read.CheckInbound() : read.CheckOutbound();
    }

    public string Format() => $"<{Direction}{Attribute(0, Average)}{Attribute(1, Peak)}{Attribute(2, Burst)}{Attribute(3, Floor)}/>";

    private static ulong ParseField(string name, string text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign;
        return text.Length == 0 ? 0
            : ulong.TryParse(text, Style, CultureInfo.InvariantCulture, out ulong value) ? value
            : throw new CommandFailure($"field '{name}' is malformed");
    }

    private static string Attribute(int field, ulong value) => value == 0 ? "" : $" {Fields[field]}='{value}'";

    private InterfaceBandwidth CheckInbound() =>
        Average > 0 || Floor > 0 ? this : throw new CommandFailure("either inbound average or floor is mandatory");

    private InterfaceBandwidth CheckOutbound()
    {
        if (Average == 0)
        {
            throw new CommandFailure("outbound average is mandatory");
        }

        return Floor == 0 ? this : throw new CommandFailure("outbound floor is unsupported yet");
    }
}
