using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>What a client is like by the lines of its network.</summary>
/// <param name="Tags">Without those that follow from others.</param>
/// <param name="Host">The line for it; null for one that is not known.</param>
internal readonly record struct ClientClass(TagSet Tags, HostLine? Host)
{
    /// <param name="clientId">Its own, said now or known of it.</param>
    /// <param name="sentName">What it calls itself, with its domain.</param>
    public static ClientClass Of(in Dhcp4Message message, string? clientId, string? sentName, Dhcp4Settings settings)
    {
        DhcpRules rules = settings.Rules;
        ClientTraits client = new(message, new MacAddress(message.HardwareAddress), clientId, sentName);
        TagSet tags = message.Type == Dhcp4MessageType.Bootp
            ? rules.Classify(client, settings.Bridge, "bootp") : rules.Classify(client, settings.Bridge);
        HostLine? host = settings.Hosts.Recognize(client, rules, tags);
        return new ClientClass(tags, host);
    }
}
