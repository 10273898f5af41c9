using System.Net;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>The value of a <c>dhcp-boot=</c> line: <c>[tag:…,]file[,server's name[,server]]</c>.</summary>
/// <param name="NextServer">Null = the bridge, or what <paramref name="NextServerName"/> stands for.</param>
internal sealed record BootLine(TagCondition Condition, string? File, string? ServerName, IPAddress? NextServer, string? NextServerName)
{
    public static BootLine? TryParse(string value)
    {
        string? rest = value;
        TagCondition condition = TagCondition.Take(ref rest);
        if (rest is null)
        {
            return null;
        }

        (string file, rest) = Words.Cut(rest);
        (string name, rest) = rest is null ? ("", null) : Words.Cut(rest);
        string server = HiddenText.Reveal(rest ?? "");
        IPAddress? address = DnsmasqAddress.TryParseIpv4(server);
        return new BootLine(
            condition, Text(file), Text(name), IPAddress.Any.Equals(address) ? null : address, address is null ? Text(server) : null);
    }

    /// <summary>Whether a boot file is to be had over HTTP.</summary>
    public static bool IsUrl(string file) =>
        file.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || file.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static string? Text(string word) => word.Length == 0 ? null : HiddenText.Reveal(word);
}
