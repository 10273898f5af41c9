using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Fakes;

/// <summary>One network of the fake daemon.</summary>
internal sealed class FakeNetwork(string name, Guid uuid)
{
    public NetworkRef Ref { get; } = new(name, uuid);

    public string Xml { get; set; } = $"<network>\n  <name>{name}</name>\n  <uuid>{uuid}</uuid>\n</network>\n";

    /// <summary>The definition, where it is another one than what runs.</summary>
    public string? InactiveXml { get; set; }

    public string? Bridge { get; set; }

    public bool Active { get; set; }

    public bool Persistent { get; set; } = true;

    public bool Autostart { get; set; }

    public List<DhcpLease> Leases { get; } = [];

    public Dictionary<Guid, string> Ports { get; } = [];

    /// <summary>By type and, for elements, namespace.</summary>
    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>That of the definition, where it is another one than what runs.</summary>
    public Dictionary<string, string>? InactiveMetadata { get; set; }

    public List<MetadataChange> MetadataChanges { get; } = [];

    public List<NetworkUpdateRequest> Updates { get; } = [];
}
