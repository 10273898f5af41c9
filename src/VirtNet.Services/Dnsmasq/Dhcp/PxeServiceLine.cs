using System.Globalization;
using System.Net;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>
/// The value of a <c>pxe-service=</c> line: <c>[tag:…,]architecture,menu text[,file or number[,server]]</c>. Without a file or number
/// it means to go on from the client's own disk.
/// </summary>
/// <param name="File">Null where a boot server of its own, or the client's disk, is meant.</param>
internal sealed record PxeServiceLine(
    TagCondition Condition, int Architecture, string Menu, string? File, IPAddress? Server, string? ServerName)
{
    /// <summary>Types from here on are a site's own to give.</summary>
    public const ushort FirstOwnType = 0x8000;

    private static readonly string[] Architectures =
    [
        "x86PC", "PC98", "IA64_EFI", "Alpha", "Arc_x86", "Intel_Lean_Client", "IA32_EFI", "x86-64_EFI", "Xscale_EFI", "BC_EFI",
        "ARM32_EFI", "ARM64_EFI",
    ];

    /// <summary>What clients call it; 0: their own disk.</summary>
    public ushort Type { get; init; }

    /// <summary>A name without a dot stands for files that are numbered by their layer.</summary>
    public string? FileOf(int layer) =>
        File is null || File.Contains('.', StringComparison.Ordinal) ? File : string.Create(CultureInfo.InvariantCulture, $"{File}.{layer}");

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
        bool isType = ushort.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out ushort type);
        string server = words.Length > 3 ? HiddenText.Reveal(words[3]) : "";
        IPAddress? address = DnsmasqAddress.TryParseIpv4(server);
        return new PxeServiceLine(
            condition,
            architecture,
            HiddenText.Reveal(words[1]),
            isType || file.Length == 0 ? null : file,
            address,
            address is null && server.Length > 0 ? server : null)
        {
            Type = isType ? type : (ushort)0,
        };
    }
}
