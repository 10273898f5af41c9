using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests;

/// <summary>The definitions in <c>networks/</c>, which people copy.</summary>
public class ReadyNetworksTests
{
    private static readonly string Folder = Path.Combine(GoldenFolder.Root, "networks");

    public static TheoryData<string> Names
    {
        get
        {
            TheoryData<string> names = [];
            foreach (string file in Directory.EnumerateFiles(Folder, "*.xml").Order(StringComparer.Ordinal))
            {
                names.Add(Path.GetFileNameWithoutExtension(file));
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_ready_network_is_valid_in_every_sense(string name)
    {
        string xml = Read(name);
        NetworkSchema.Validate(xml);
        NetworkDocument document = NetworkXml.Parse(xml);
        Assert.Empty(document.Hints);
        Assert.Equal(name, document.Definition.Name);
        NetworkDefinition complete = NetworkDefaults.Complete(document.Definition, bytes => bytes.Clear(), _ => false);
        NetworkValidator.Validate(complete);
        Assert.Equal(complete, NetworkXml.Parse(NetworkXml.Format(complete)).Definition);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_ready_network_explains_itself(string name) =>
        Assert.StartsWith("<!--", Read(name), StringComparison.Ordinal);

    [Fact]
    public void No_two_of_them_share_a_bridge_or_a_subnet()
    {
        List<NetworkDefinition> all = [.. Names.Select(row => NetworkXml.Parse(Read(row.Data)).Definition)];
        Assert.Distinct(all.Select(network => network.BridgeName));
        Assert.Distinct(all.SelectMany(network => network.Ips).Select(ip => ip.Network));
        Assert.All(all, network => Assert.InRange(network.BridgeName!.Length, 1, 15));
    }

    [Fact]
    public void The_default_network_is_libvirts()
    {
        NetworkDefinition network = NetworkXml.Parse(Read("default")).Definition;
        IpDefinition ip = Assert.Single(network.Ips);
        Assert.Equal(
            (ForwardMode.Nat, "virbr0", "192.168.122.0/24"),
            (network.Forward.Mode, network.BridgeName, ip.Network.ToString()));
        DhcpRange range = Assert.Single(ip.Ranges);
        Assert.Equal(("192.168.122.2", "192.168.122.254"), (range.Start.ToString(), range.End.ToString()));
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, $"{name}.xml"));
}
