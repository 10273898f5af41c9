using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>
/// <c>dhcp-host</c> lines, and the hosts of the definition as such lines, by what they say of a client, so that a message costs
/// the same with one line and with thousands. Only lines with * in a MAC are walked.
/// </summary>
internal sealed class HostIndex
{
    private readonly ValueList<HostLine> _lines;
    private readonly Dictionary<MacAddress, List<int>> _byMac = [];
    private readonly Dictionary<string, List<int>> _byId = [];
    private readonly Dictionary<string, List<int>> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<int> _patterns = [];

    public HostIndex(ValueList<HostLine> lines)
    {
        _lines = lines;
        for (int i = 0; i < lines.Count; i++)
        {
            HostLine line = lines[i];
            foreach (HardwarePattern hardware in line.Hardware.AsSpan())
            {
                (hardware.IsExact ? Under(_byMac, hardware.ToAddress()) : _patterns).Add(i);
            }

            if (line.ClientId is { } id)
            {
                Under(_byId, id).Add(i);
            }

            if (line.Name is { } name)
            {
                Under(_byName, name).Add(i);
            }
        }
    }

    /// <summary>How a line fits a client: the smaller the better.</summary>
    private enum Fit
    {
        Id,
        Mac,
        PartOfMac,
    }

    /// <summary>
    /// The line for this client, as dnsmasq's find_config chooses: one for clients with certain tags before all others; by its
    /// id, then by its MAC, then by the largest part of its MAC; of equals the last. The name counts for a client that nothing
    /// else is said of, and only if the last line with that name is about nothing else: names are easily pretended.
    /// </summary>
    public HostLine? Find(in ClientTraits client, TagSet tags) => FindMachine(client, tags) ?? FindByName(client, tags);

    /// <summary>The same for what is not said of a name.</summary>
    public HostLine? FindMachine(in ClientTraits client, TagSet tags)
    {
        if (_lines.Count == 0)
        {
            return null;
        }

        Best best = new();
        if (client.ClientId is { } id)
        {
            Look(_byId.GetValueOrDefault(id), client, tags, ref best);
            if (client.BareClientId is { } bare)
            {
                Look(_byId.GetValueOrDefault(bare), client, tags, ref best);
            }
        }

        Look(client.Mac is { } mac ? _byMac.GetValueOrDefault(mac) : null, client, tags, ref best);
        Look(_patterns, client, tags, ref best);
        return best.Line;
    }

    private HostLine? FindByName(in ClientTraits client, TagSet tags)
    {
        HostLine? found = null;
        foreach (int i in client.Name is { } name ? _byName.GetValueOrDefault(name) ?? [] : [])
        {
            HostLine line = _lines[i];
            if (line.Condition.Holds(tags) && (found is null || found.Condition.IsEmpty || !line.Condition.IsEmpty))
            {
                found = line;
            }
        }

        return found is { NamesMachine: false } ? found : null;
    }

    private void Look(List<int>? candidates, in ClientTraits client, TagSet tags, ref Best best)
    {
        if (candidates is null)
        {
            return;
        }

        foreach (int i in candidates)
        {
            HostLine line = _lines[i];
            if (FitOf(line, client, out int octets) is { } fit && line.Condition.Holds(tags))
            {
                best = best.Or(new Best(line, (line.Condition.IsEmpty, fit, -octets, -i)));
            }
        }
    }

    /// <param name="octets">Of a part of its MAC, how many fit; one more, so that * for all of them fits too.</param>
    private static Fit? FitOf(HostLine line, in ClientTraits client, out int octets)
    {
        octets = 0;
        if (line.ClientId is { } id && (id == client.ClientId || id == client.BareClientId))
        {
            return Fit.Id;
        }

        if (client.Mac is not { } mac)
        {
            return null;
        }

        foreach (HardwarePattern pattern in line.Hardware.AsSpan())
        {
            if (!pattern.Matches(mac))
            {
                continue;
            }

            if (pattern.IsExact)
            {
                return Fit.Mac;
            }

            octets = Math.Max(octets, pattern.Octets.Known + 1);
        }

        return octets > 0 ? Fit.PartOfMac : null;
    }

    private static List<int> Under<TKey>(Dictionary<TKey, List<int>> lines, TKey key)
        where TKey : notnull
    {
        if (!lines.TryGetValue(key, out List<int>? indexes))
        {
            lines.Add(key, indexes = []);
        }

        return indexes;
    }

    /// <param name="Rank">The smaller the better.</param>
    private readonly record struct Best(HostLine? Line, (bool Untagged, Fit Fit, int Octets, int Order) Rank)
    {
        public Best Or(in Best other) => Line is null || other.Rank.CompareTo(Rank) < 0 ? other : this;
    }
}
