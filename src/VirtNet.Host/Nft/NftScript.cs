using System.Globalization;
using System.Text;

namespace VirtNet.Host.Nft;

/// <summary>The text of one transaction. What is added may be there already, what is removed may be absent.</summary>
internal sealed class NftScript
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>Table, maps and base chains as they must be, whatever someone did to them.</summary>
    public NftScript AddSkeleton()
    {
        AddMaps();
        AddBaseChain(NftNames.Forward, "type filter hook forward priority 0; policy accept;");
        AddRule(NftNames.Forward, $"iifname vmap @{NftNames.GuestOutput}");
        AddRule(NftNames.Forward, $"oifname vmap @{NftNames.GuestInput}");
        AddBaseChain(NftNames.GuestNat, "type nat hook postrouting priority 100; policy accept;");
        AddRule(NftNames.GuestNat, $"iifname vmap @{NftNames.GuestNat}");
        AddRule(NftNames.GuestNat, $"ip saddr vmap @{NftNames.HostNat4}");
        AddRule(NftNames.GuestNat, $"ip6 saddr vmap @{NftNames.HostNat6}");
        return this;
    }

    public NftScript AddMaps()
    {
        Line($"add table {NftNames.Table}");
        foreach (string map in NftNames.BridgeMaps)
        {
            Line($"add map {NftNames.Table} {map} {{ type ifname : verdict; }}");
        }

        Line($"add map {NftNames.Table} {NftNames.HostNat4} {{ type ipv4_addr : verdict; }}");
        Line($"add map {NftNames.Table} {NftNames.HostNat6} {{ type ipv6_addr : verdict; }}");
        return this;
    }

    public NftScript AddNetwork(NftNetwork network)
    {
        foreach (NftChain chain in network.Chains)
        {
            Line($"add chain {NftNames.Table} {chain.Name}");
            Line($"flush chain {NftNames.Table} {chain.Name}");
            foreach (string rule in chain.Rules)
            {
                AddRule(chain.Name, $"{rule} comment \"{network.Tag}\"");
            }
        }

        foreach (NftElement element in network.Elements.Concat(network.HostElements))
        {
            AddElement(element);
        }

        return this;
    }

    /// <summary>Removes elements, then chains; no other element may jump to them.</summary>
    public NftScript Remove(IReadOnlyCollection<NftElement> elements, IReadOnlyCollection<string> chains)
    {
        // Deleting what is absent would fail the transaction; added first, it is never absent.
        foreach (string chain in chains)
        {
            Line($"add chain {NftNames.Table} {chain}");
        }

        foreach (NftElement element in elements)
        {
            AddElement(element);
            Line($"delete element {NftNames.Table} {element.Map} {{ {Key(element)} }}");
        }

        foreach (string chain in chains)
        {
            Line($"flush chain {NftNames.Table} {chain}");
        }

        foreach (string chain in chains)
        {
            Line($"delete chain {NftNames.Table} {chain}");
        }

        return this;
    }

    public NftScript RemoveTable()
    {
        Line($"add table {NftNames.Table}");
        Line($"delete table {NftNames.Table}");
        return this;
    }

    private void AddBaseChain(string name, string kind)
    {
        Line($"add chain {NftNames.Table} {name} {{ {kind} }}");
        Line($"flush chain {NftNames.Table} {name}");
    }

    private void AddRule(string chain, string rule) => Line($"add rule {NftNames.Table} {chain} {rule}");

    private void AddElement(NftElement element) =>
        Line($"add element {NftNames.Table} {element.Map} {{ {Key(element)} : jump {element.Chain} }}");

    private static string Key(NftElement element) =>
        NftNames.BridgeMaps.Contains(element.Map) ? $"\"{element.Key}\"" : element.Key;

    private void Line(FormattableString line) => _text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
