using System.Globalization;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>The value of a <c>pxe-prompt=</c> line: <c>[tag:…,]text[,seconds]</c>.</summary>
/// <param name="Seconds">Before the first of the menu is taken; 255 = as long as it takes.</param>
internal sealed record PxePromptLine(TagCondition Condition, string Text, byte Seconds)
{
    public static PxePromptLine? TryParse(string value)
    {
        string? rest = value;
        TagCondition condition = TagCondition.Take(ref rest);
        if (rest is null)
        {
            return null;
        }

        (string text, string? seconds) = Words.Cut(rest);
        bool isNumber = int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return new PxePromptLine(condition, HiddenText.Reveal(text), isNumber ? (byte)number : byte.MaxValue);
    }
}
