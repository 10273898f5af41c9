using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>The hosts that lines and the definition itself name: who a client is, and the tags that it has for it.</summary>
internal sealed class KnownHosts
{
    private readonly HostIndex _here;
    private readonly HostIndex _elsewhere;

    /// <param name="isHere">Whether a line is about this network; one whose addresses are of another is not.</param>
    public KnownHosts(DhcpRules rules, Func<HostLine, bool> isHere)
    {
        ILookup<bool, HostLine> all = rules.Hosts.Concat(rules.OwnHosts).ToLookup(isHere);
        _here = new HostIndex(all[true].ToValueList());
        _elsewhere = new HostIndex(all[false].ToValueList());
    }

    public static KnownHosts None { get; } = new(DhcpRules.None, _ => true);

    /// <summary>The line for this client; null for one that is not known here.</summary>
    /// <param name="tags">What the client has already; more is added.</param>
    public HostLine? Recognize(in ClientTraits client, DhcpRules rules, TagSet tags)
    {
        TagSet concluded = rules.Concluded(tags);
        HostLine? host = _here.Find(client, concluded);
        if (host is not null)
        {
            tags.Add("known");
        }
        else if (_elsewhere.FindMachine(client, concluded) is not null)
        {
            tags.Add("known-othernet");
        }

        foreach (string tag in host?.Sets ?? [])
        {
            tags.Add(tag);
        }

        return host;
    }
}
