using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Boot over HTTP (UEFI specification 2.10, 24.7.3): firmware takes the URL of a server that calls itself what it calls itself.
/// </summary>
internal static class Dhcp6HttpBoot
{
    private const int EnterpriseLength = 4;

    private static ReadOnlySpan<byte> ClassOfClients => "HTTPClient"u8;

    /// <param name="isUrlTold">Whether a line for DHCPv6 says where to boot from; else the boot file counts, if it is a URL.</param>
    /// <param name="isClassTold">Whether one says what the server calls itself.</param>
    public static void Write(ref Dhcp6Writer writer, in Dhcp6Message message, DhcpRules rules, TagSet tags, bool isUrlTold, bool isClassTold)
    {
        ReadOnlySpan<byte> client = message.Find(Dhcp6OptionCode.VendorClass);
        if (client.Length < EnterpriseLength || client.IndexOf(ClassOfClients) < 0)
        {
            return;
        }

        if (!isUrlTold)
        {
            if (rules.FindBoot(tags) is not { File: { } file } || !BootLine.IsUrl(file))
            {
                return;
            }

            writer.WriteBytes(Dhcp6OptionCode.BootFileUrl, System.Text.Encoding.UTF8.GetBytes(file));
        }

        if (!isClassTold)
        {
            writer.WriteBytes(
                Dhcp6OptionCode.VendorClass, [.. client[..EnterpriseLength], 0, (byte)ClassOfClients.Length, .. ClassOfClients]);
        }
    }
}
