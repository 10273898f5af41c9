using System.Globalization;
using System.Net;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>
/// The value of a <c>pxe-service=</c> line: <c>[tag:…,]architecture,menu text[,file or number[,server]]</c>. Without a file it
/// means to go on from the client's own disk.
/// </summary>
internal sealed record PxeServiceLine(TagCondition Condition, int Architecture, string? File, IPAddress? Server, string? ServerName)
{
    private static readonly string[] Architectures =
    [
        "x86PC", "PC98", "IA64_EFI", "Alpha", "Arc_x86", "Intel_Lean_Client", "IA32_EFI", "x86-64_EFI", "Xscale_EFI", "BC_EFI",
        "ARM32_EFI", "ARM64_EFI",
    ];

    /// <summary>A boot server of the client's own finding is meant, not a file.</summary>
    public bool IsBootServerType { get; init; }

    public static PxeServiceLine? TryParse(string value)
    {
        string? rest = value;
        TagCondition condition = TagCondition.Take(ref rest);
        string[] words = rest is null ? [] : Words.Split(rest);
        if (words.Length is < 2 or > 4)
        {
            return null;
        }

        int architecture = Array.FindIndex(Architectures, name => name.Equals(words[0], StringComparison.OrdinalIgnoreCase));
        if (architecture < 0 && !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out architecture))
        {
            return null;
        }

        string file = words.Length > 2 ? HiddenText.Reveal(words[2]) : "";
        bool isType = file.Length > 0 && file.All(char.IsAsciiDigit);
        string server = words.Length > 3 ? HiddenText.Reveal(words[3]) : "";
        IPAddress? address = DnsmasqAddress.TryParseIpv4(server);
        return new PxeServiceLine(
            condition,
            architecture,
            isType || file.Length == 0 ? null : file.Contains('.', StringComparison.Ordinal) ? file : $"{file}.0",
            address,
            address is null && server.Length > 0 ? server : null)
        {
            IsBootServerType = isType,
        };
    }
}
