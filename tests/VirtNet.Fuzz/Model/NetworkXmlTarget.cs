using VirtNet.Fuzz.Engine;
using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;
using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Model.Xml;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Dnsmasq.Zone;
using VirtNet.Services.Ra;

namespace VirtNet.Fuzz.Model;

/// <summary>A network's definition: whatever is accepted prints, reads back, and can be turned into rules and services.</summary>
internal sealed class NetworkXmlTarget : TextTarget
{
    public override string Name => "network-xml";

    public override int MaxLength => 8192;

    protected override IEnumerable<string> Texts => XmlSeeds.Networks;

    protected override IEnumerable<string> Terms => XmlSeeds.Words;

    // The reader's buffers, and the tree: an element of four characters is an object of some hundred octets.
    public override long AllocationBound(int length) => 256 * 1024 + (512 * length);

    protected override void Decode(string text) => Read(text);

    protected override void Check(string text)
    {
        if (Read(text) is not { } given)
        {
            return;
        }

        string printed = NetworkXml.Format(given);
        NetworkDefinition read = Read(printed) ?? throw new BrokenPropertyException($"what was printed is accepted:\n{printed}");
        Require.Equal(printed, NetworkXml.Format(read), "what was printed prints the same");
        Require.Equal(Read(printed), read, "what was printed reads the same");
        Use(given);
    }

    /// <summary>What a daemon does with a definition up to where the host comes in.</summary>
    private static void Use(NetworkDefinition given)
    {
        NetworkDefinition network;
        FirewallRules? rules;
        try
        {
            network = NetworkDefaults.Complete(given, bytes => bytes.Fill(7), _ => false);
            NetworkValidator.Validate(network, _ => false);
            _ = DefinitionZone.IsServed(network) ? DefinitionZone.Build(network) : null;
            rules = FirewallPlanner.RulesFor(network);
        }
        catch (VirtNetException)
        {
            return;
        }

        NetworkDifference none = NetworkDifference.Between(network, network, []);
        Require.That(none.Changes.Count == 0 && none.Applicable == network, "a definition does not differ from itself");
        _ = Dhcp4SettingsReader.Read(network);
        _ = Dhcp6SettingsReader.Read(network);
        _ = RaSettings.For(network);
        if (rules is not null)
        {
            Render(rules);
            _ = IptablesRenderer.Render(rules, IptablesFamily.Ipv4).Count() + IptablesRenderer.Render(rules, IptablesFamily.Ipv6).Count();
        }
    }

    private static void Render(FirewallRules rules)
    {
        try
        {
            _ = NftRenderer.Render(rules);
        }
        catch (VirtNetException)
        {
            // a name that no interface can have
        }
    }

    private static NetworkDefinition? Read(string xml)
    {
        try
        {
            return NetworkXml.Parse(xml, "n.xml").Definition;
        }
        catch (VirtNetException e)
        {
            Require.That(e.Message.Length > 0, "a refusal says why");
            return null;
        }
    }
}
