using System.Globalization;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>The value of <c>dhcp-option=</c>, <c>dhcp-option-force=</c> or <c>dhcp-match=</c>.</summary>
internal sealed record OptionLine(TagCondition Condition, int Code, OptionValue Value, bool IsIpv6)
{
    private const int MaxLength = 255;

    /// <summary>Sent inside the vendor's option 43, to clients whose vendor class has this text.</summary>
    public string? Vendor { get; init; }

    /// <summary>Sent inside the option of this number.</summary>
    public byte? Encapsulation { get; init; }

    /// <summary>Sent inside the option for vendors by enterprise numbers (RFC 3925).</summary>
    public uint? Enterprise { get; init; }

    /// <summary>Sent to clients that did not ask for it too.</summary>
    public bool IsForced { get; init; }

    /// <summary>A number of dnsmasq's own for the next server (siaddr), which is a field of the message and no option.</summary>
    public const int NextServer = 255;

    /// <summary>Whether it is no option that any message can carry: a filler, or a number of more than an octet.</summary>
    public bool IsNeverSent => !IsIpv6 && !IsNested && Code is 0 or > byte.MaxValue;

    public bool IsNested => Vendor is not null || Encapsulation is not null || Enterprise is not null;

    /// <summary>Null for what dnsmasq does not understand.</summary>
    public static OptionLine? TryParse(string value, bool forMatch, bool isForced = false)
    {
        List<string> tags = [];
        OptionLine line = new(TagCondition.None, 0, OptionValue.Empty, IsIpv6: false) { IsForced = isForced };
        for (string? rest = value; rest is not null;)
        {
            (string word, rest) = Words.Cut(rest);
            if (CodeOf(word, forMatch, out bool isIpv6) is { } code)
            {
                return code < 0 ? null : Finish(line with { Code = code, IsIpv6 = isIpv6, Condition = TagCondition.Of(tags) }, rest, forMatch);
            }

            if (TakeNesting(word, ref line) is not { } taken)
            {
                return null;
            }

            if (!taken)
            {
                tags.Add(TagCondition.TermOf(word) ?? TagCondition.SetBy(word));
            }
            else if (forMatch)
            {
                return line.Enterprise is null ? null : Finish(line with { Condition = TagCondition.Of(tags) }, rest, forMatch);
            }
        }

        return null;
    }

    /// <summary>Null for a word that is no number or name of an option; negative for a name that nobody knows.</summary>
    private static int? CodeOf(string word, bool forMatch, out bool isIpv6)
    {
        isIpv6 = word.StartsWith("option6:", StringComparison.Ordinal);
        if (isIpv6)
        {
            string name = word["option6:".Length..];
            return Number(name) ?? OptionNames.Ipv6.Find(name, forMatch) ?? -1;
        }

        return word.StartsWith("option:", StringComparison.Ordinal)
            ? OptionNames.Ipv4.Find(word["option:".Length..], forMatch) ?? -1
            : Number(word);
    }

    /// <summary>Whether the word says what an option is sent in; null where that cannot be.</summary>
    private static bool? TakeNesting(string word, ref OptionLine line)
    {
        if (word.StartsWith("vendor:", StringComparison.Ordinal))
        {
            line = line with { Vendor = HiddenText.Reveal(word["vendor:".Length..]) };
        }
        else if (word.StartsWith("encap:", StringComparison.Ordinal))
        {
            if (Number(word["encap:".Length..]) is not (> 0 and < 255 and { } outer))
            {
                return null;
            }

            line = line with { Encapsulation = (byte)outer };
        }
        else if (word.StartsWith("vi-encap:", StringComparison.Ordinal))
        {
            if (!uint.TryParse(word["vi-encap:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out uint enterprise))
            {
                return null;
            }

            line = line with { Enterprise = enterprise };
        }
        else
        {
            return false;
        }

        return line.Vendor is null || line.Encapsulation is null ? true : null;
    }

    private static OptionLine? Finish(OptionLine line, string? value, bool forMatch)
    {
        OptionShape shape = line.IsNested ? default : (line.IsIpv6 ? OptionNames.Ipv6 : OptionNames.Ipv4).ShapeOf(line.Code);
        OptionValue? read = value is null
            ? OptionValue.Empty
            : OptionValueReader.Read(value, line.Code, shape, line.IsIpv6, line.IsNested, forMatch);
        bool fits = line.IsIpv6
            ? line is { Vendor: null, Encapsulation: null } && line.Code <= ushort.MaxValue
            : (line.Code <= byte.MaxValue || !line.IsNested) && read?.Octets.Count <= MaxLength - (line.Enterprise is not null ? 5 : line.IsNested ? 2 : 0);
        bool matchable = !forMatch || line.Condition.Terms.Count == 1;
        return read is not null && fits && matchable ? line with { Value = read } : null;
    }

    private static int? Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
