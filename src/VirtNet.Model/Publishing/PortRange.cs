using System.Globalization;

namespace VirtNet.Model.Publishing;

/// <summary>Ports from the first to the last, both included; one port where they are the same. Zero is no port.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>So many parts a list has at most.</summary>
    public const int MaxParts = 256;

    public PortRange(ushort port)
        : this(port, port)
    {
    }

    public int Count => Last - First + 1;

    public bool IsSingle => First == Last;

    public bool Contains(ushort port) => port >= First && port <= Last;

    public bool Overlaps(PortRange other) => First <= other.Last && other.First <= Last;

    /// <summary><c>80</c>, <c>9000-9010</c>, or several of them with commas between.</summary>
    public static bool TryParseList(string? text, out ValueList<PortRange> ports)
    {
        ports = [];
        string[] parts = text?.Split(',') ?? [];
        if (parts.Length is 0 or > MaxParts)
        {
            return false;
        }

        var ranges = new PortRange[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!TryParse(parts[i], out ranges[i]))
            {
                return false;
            }
        }

        ports = [.. ranges];
        return true;
    }

    public static string Format(ValueList<PortRange> ports) => string.Join(',', ports);

    /// <summary>How many ports a list names.</summary>
    public static int CountOf(ValueList<PortRange> ports) => ports.Sum(range => range.Count);

    /// <summary><c>80</c> or <c>9000-9010</c>.</summary>
    public override string ToString() => IsSingle
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static bool TryParse(string text, out PortRange range)
    {
        string[] ends = text.Split('-');
        range = default;
        if (ends.Length > 2 || !TryParsePort(ends[0], out ushort first) || !TryParsePort(ends[^1], out ushort last) || last < first)
        {
            return false;
        }

        range = new PortRange(first, last);
        return true;
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
}
