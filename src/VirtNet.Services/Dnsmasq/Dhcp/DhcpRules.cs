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

    /// <summary>The last of the lines first: of two that fit, the later one counts.</summary>
    public ValueList<OptionLine> Options { get; init; } = [];

    /// <summary>The last of the lines first.</summary>
    public ValueList<BootLine> Boots { get; init; } = [];

    public ValueList<PxeServiceLine> PxeServices { get; init; } = [];

    public ValueList<RangeLine> Ranges { get; init; } = [];

    /// <summary>Clients to which one of these applies are not answered.</summary>
    public ValueList<TagCondition> Ignored { get; init; } = [];

    /// <summary>Clients to which one of these applies are answered by broadcast.</summary>
    public ValueList<TagCondition> Broadcast { get; init; } = [];

    /// <summary>The names that these clients give themselves do not count.</summary>
    public ValueList<TagCondition> Nameless { get; init; } = [];

    /// <summary>Clients are known by their MACs alone.</summary>
    public bool IgnoresClientIds { get; init; }

    /// <summary>Addresses are given out in their order.</summary>
    public bool IsSequential { get; init; }

    /// <summary>Whether anything depends on who asks. Found out once: it is looked at for each message.</summary>
    public bool HasTags { get; private init; }

    /// <summary>The rules, ready to be followed.</summary>
    public DhcpRules Complete() => this with { HasTags = DependOnClient };

    private bool DependOnClient => Matches.Count > 0 || Hosts.Count > 0 || Ignored.Count > 0 || Broadcast.Count > 0 || Nameless.Count > 0
        || Consequences.Count > 0 || Options.Any(line => !line.Condition.IsEmpty) || Boots.Any(line => !line.Condition.IsEmpty)
        || PxeServices.Count > 0 || Ranges.Any(line => line.Sets is not null || !line.Condition.IsEmpty);

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

    /// <summary>The line for this client: by its id, then by its MAC, then by its name, then by a part of its MAC.</summary>
    public HostLine? FindHost(in ClientTraits client, TagSet tags)
    {
        HostLine? best = null;
        int rank = int.MaxValue;
        for (int i = Hosts.Count - 1; i >= 0; i--)
        {
            HostLine host = Hosts[i];
            if (Rank(host, client) is var one && one < rank && host.IsFor(client, tags))
            {
                (best, rank) = (host, one);
            }
        }

        return best;
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

    private static int Rank(HostLine host, in ClientTraits client) =>
        host.ClientId is not null && host.ClientId == client.ClientId ? 0
        : host.Hardware.Any(pattern => pattern.IsExact) ? 1
        : !host.NamesMachine ? 2 : 3;
}

/// <param name="Sets">Tags that a client has to which the condition applies.</param>
internal sealed record TagConsequence(TagCondition Condition, ValueList<string> Sets);
