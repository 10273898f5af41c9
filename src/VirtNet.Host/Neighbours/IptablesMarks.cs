using System.Globalization;

namespace VirtNet.Host.Neighbours;

/// <summary>Marks in the words of <c>iptables-save</c>: what rules ask of them, and what they set.</summary>
internal static class IptablesMarks
{
    /// <param name="value">A mark, perhaps with a mask behind a slash.</param>
    public static RuleTest Test(string value, bool ofConnection) =>
        TryParse(value, out uint wanted, out uint mask)
            ? packet => PacketFacts.Mark(ofConnection ? packet.ConnectionMark : packet.Mark, wanted, mask)
            : _ => Match.Maybe;

    /// <param name="target">A target's name and its options.</param>
    /// <returns>Null for targets that mark nothing.</returns>
    public static MarkChange? Change(string[] target) => target switch
    {
        ["MARK", "--set-xmark" or "--set-mark", var value] => Set(value, ofConnection: false),
        ["CONNMARK", "--set-xmark" or "--set-mark", var value] => Set(value, ofConnection: true),
        ["CONNMARK", "--save-mark", .. var masks] => Copy(masks, toConnection: true),
        ["CONNMARK", "--restore-mark", .. var masks] => Copy(masks, toConnection: false),
        ["MARK", ..] => new MarkChange(OfConnection: false, _ => null),
        ["CONNMARK", ..] => new MarkChange(OfConnection: true, _ => null),
        _ => null,
    };

    private static MarkChange Set(string value, bool ofConnection) =>
        new(ofConnection, packet => TryParse(value, out uint set, out uint mask)
            ? ((ofConnection ? packet.ConnectionMark : packet.Mark) & ~mask) ^ set : null);

    private static MarkChange Copy(string[] masks, bool toConnection)
    {
        bool known = TryParse(Option(masks, "--nfmask"), out uint packets, out _) & TryParse(Option(masks, "--ctmask"), out uint connections, out _);
        return new MarkChange(toConnection, packet => !known ? null
            : toConnection ? (packet.ConnectionMark & ~connections) ^ (packet.Mark & packets)
            : (packet.Mark & ~packets) ^ (packet.ConnectionMark & connections));
    }

    private static string Option(string[] options, string name) =>
        Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length ? options[at + 1] : "0xffffffff";

    private static bool TryParse(string value, out uint mark, out uint mask)
    {
        string[] parts = value.Split('/', 2);
        mask = uint.MaxValue;
        return TryParse(parts[0], out mark) && (parts.Length == 1 || TryParse(parts[1], out mask));
    }

    private static bool TryParse(string number, out uint value) => number.StartsWith("0x", StringComparison.Ordinal)
        ? uint.TryParse(number.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value)
        : uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
