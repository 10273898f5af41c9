using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>What the lines of a network say about DHCP beyond what XML can say.</summary>
internal sealed record DhcpRules
{
    public static DhcpRules None { get; } = new();

    /// <summary>Kinds of clients, by their tags.</summary>
    public ValueList<ClientMatch> Matches { get; init; } = [];

    /// <summary><c>tag-if</c>: tags that follow from others, in order.</summary>
    public ValueList<TagConsequence> Consequences { get; init; } = [];

    public ValueList<HostLine> Hosts { get; init; } = [];

    /// <summary>The definition's own hosts as the lines that libvirt writes of them, after all others; empty where no client matters.</summary>
    public ValueList<HostLine> OwnHosts { get; init; } = [];

    /// <summary>The last of the lines first: of two that fit, the later one counts.</summary>
    public ValueList<OptionLine> Options { get; init; } = [];

    /// <summary>The last of the lines first.</summary>
    public ValueList<BootLine> Boots { get; init; } = [];

    public ValueList<PxeServiceLine> PxeServices { get; init; } = [];

    /// <summary>The last of the lines first.</summary>
    public ValueList<PxePromptLine> PxePrompts { get; init; } = [];

    /// <summary>Whether clients may come to the port of boot servers.</summary>
    public bool ServesPxe => PxeServices.Count + PxePrompts.Count > 0;

    public ValueList<RangeLine> Ranges { get; init; } = [];

    /// <summary>How the bridge is advertised as a router; null = as usual.</summary>
    public RaLine? Advertising { get; init; }

    /// <summary>Clients to which one of these applies are not answered.</summary>
    public ValueList<TagCondition> Ignored { get; init; } = [];

    /// <summary>Clients to which one of these applies are answered by broadcast.</summary>
    public ValueList<TagCondition> Broadcast { get; init; } = [];

    /// <summary>The names that these clients give themselves do not count.</summary>
    public ValueList<TagCondition> Nameless { get; init; } = [];

    /// <summary>Clients to which one of these applies are called after their MAC where they have no name.</summary>
    public ValueList<TagCondition> Generated { get; init; } = [];

    /// <summary>BOOTP clients to which one of these applies get addresses of the ranges, for ever.</summary>
    public ValueList<TagCondition> BootpFromPool { get; init; } = [];

    /// <summary>Vendor classes besides PXEClient of which boot services are told.</summary>
    public ValueList<string> PxeVendors { get; init; } = [];

    /// <summary>Clients that mean to update the DNS themselves are not told that it is done for them.</summary>
    public bool ClientsUpdateNames { get; init; }

    /// <summary>Clients are known by their MACs alone.</summary>
    public bool IgnoresClientIds { get; init; }

    /// <summary>A line says that no other server is to be waited for.</summary>
    public bool IsAuthoritative { get; init; }

    /// <summary>Addresses are given out in their order.</summary>
    public bool IsSequential { get; init; }

    /// <summary>Whether anything depends on who asks. Found out once: it is looked at for each message.</summary>
    public bool HasTags { get; private init; }

    /// <summary>Whether a line says that its clients' ids do not count.</summary>
    public bool DropsClientIds { get; private init; }

    /// <summary>The rules, ready to be followed.</summary>
    public DhcpRules Complete() => this with
    {
        HasTags = DependOnClient,
        OwnHosts = DependOnClient ? OwnHosts : [],
        DropsClientIds = Hosts.Any(host => host.IgnoresClientId),
    };

    private bool DependOnClient => Matches.Count > 0 || Hosts.Count > 0 || Ignored.Count > 0 || Broadcast.Count > 0 || Nameless.Count > 0
        || Generated.Count > 0 || BootpFromPool.Count > 0 || Consequences.Count > 0 || Options.Any(line => !line.Condition.IsEmpty) || Boots.Any(line => !line.Condition.IsEmpty)
        || ServesPxe || Ranges.Any(line => line.Sets is not null || !line.Condition.IsEmpty);

    /// <summary>The tags of a client by what it says of itself.</summary>
    /// <param name="first">Those it has anyway: its bridge, and what kind of protocol it speaks.</param>
    public TagSet Classify(in ClientTraits client, params ReadOnlySpan<string> first)
    {
        TagSet tags = new(first);
        foreach (ClientMatch match in Matches.AsSpan())
        {
            if (match.Matches(client))
            {
                tags.Add(match.Tag);
            }
        }

        return tags;
    }

    /// <summary>The tags and what follows from them.</summary>
    public TagSet Concluded(TagSet tags)
    {
        if (Consequences.Count == 0)
        {
            return tags;
        }

        TagSet all = tags.Copy();
        foreach (TagConsequence consequence in Consequences.AsSpan())
        {
            if (consequence.Condition.Holds(all))
            {
                foreach (string tag in consequence.Sets.AsSpan())
                {
                    all.Add(tag);
                }
            }
        }

        return all;
    }

    /// <summary>The boot file for a client with these tags.</summary>
    public BootLine? FindBoot(TagSet tags) => TagCondition.Best(Boots.AsSpan(), boot => boot.Condition, tags);

    /// <summary>Whether one of these conditions holds; one without terms does.</summary>
    public static bool Any(ValueList<TagCondition> conditions, TagSet tags)
    {
        foreach (TagCondition condition in conditions.AsSpan())
        {
            if (condition.Holds(tags))
            {
                return true;
            }
        }

        return false;
    }
}

/// <param name="Sets">Tags that a client has to which the condition applies.</param>
internal sealed record TagConsequence(TagCondition Condition, ValueList<string> Sets);
