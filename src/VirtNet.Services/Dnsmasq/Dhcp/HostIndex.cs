using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>
/// <c>dhcp-host</c> lines by what they say of a client, so that a message costs the same with one line and with thousands. Only
/// lines with * in a MAC are walked.
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

            if (line is { NamesMachine: false, Name: { } name })
            {
                Under(_byName, name).Add(i);
            }
        }
    }

    public static HostIndex Empty { get; } = new([]);

    /// <summary>
    /// The line for this client: by its id, then by its MAC, then by its name, then by a part of its MAC; of several the last.
    /// </summary>
    public HostLine? Find(in ClientTraits client, TagSet tags)
    {
        if (_lines.Count == 0)
        {
            return null;
        }

        (int Rank, int Index) best = (int.MaxValue, -1);
        Look(client.Mac is { } mac ? _byMac.GetValueOrDefault(mac) : null, client, tags, ref best);
        Look(client.ClientId is { } id ? _byId.GetValueOrDefault(id) : null, client, tags, ref best);
        Look(client.Name is { } name ? _byName.GetValueOrDefault(name) : null, client, tags, ref best);
        Look(_patterns, client, tags, ref best);
        return best.Index < 0 ? null : _lines[best.Index];
    }

    private void Look(List<int>? candidates, in ClientTraits client, TagSet tags, ref (int Rank, int Index) best)
    {
        if (candidates is null)
        {
            return;
        }

        foreach (int i in candidates)
        {
            int rank = Rank(_lines[i], client);
            if ((rank < best.Rank || (rank == best.Rank && i > best.Index)) && _lines[i].IsFor(client, tags))
            {
                best = (rank, i);
            }
        }
    }

    private static int Rank(HostLine host, in ClientTraits client) =>
        host.ClientId is not null && host.ClientId == client.ClientId ? 0
        : host.HasExactHardware ? 1
        : !host.NamesMachine ? 2 : 3;

    private static List<int> Under<TKey>(Dictionary<TKey, List<int>> lines, TKey key)
        where TKey : notnull
    {
        if (!lines.TryGetValue(key, out List<int>? indexes))
        {
            lines.Add(key, indexes = []);
        }

        return indexes;
    }
}
