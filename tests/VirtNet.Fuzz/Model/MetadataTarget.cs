using System.Text;
using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Model.Metadata;
using VirtNet.Model.Xml;

namespace VirtNet.Fuzz.Model;

/// <summary>Metadata as any client sets it: prefix, namespace and element, each up to a line's end; the element as a description too.</summary>
internal sealed class MetadataTarget : FuzzTarget
{
    private static readonly NetworkDefinition Network = NetworkXml.Parse(XmlSeeds.Networks.First()).Definition;

    public override string Name => "metadata";

    public override int MaxLength => 2048;

    public override IEnumerable<byte[]> Seeds =>
    [
        "k\nurn:x\n<a/>"u8.ToArray(),
        "k\nurn:x\n<a b='1' xml:lang='x'><c xmlns='urn:c'>t &amp; u</c><!-- n --><?p i?><![CDATA[<]]></a>"u8.ToArray(),
        "\n\n"u8.ToArray(),
        "a\nurn:a\n<x:y xmlns:x='urn:y' x:z='1'>\n  <x:q/>\n</x:y>"u8.ToArray(),
    ];

    public override IReadOnlyList<byte[]> Words => [.. XmlSeeds.Words.Append("\n").Select(Encoding.UTF8.GetBytes)];

    public override long AllocationBound(int length) => 256 * 1024 + (512 * length);

    public override void Decode(ReadOnlySpan<byte> input) => Set(input);

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (Set(input) is not { } changed)
        {
            return;
        }

        string printed = NetworkXml.Format(changed);
        NetworkDefinition read;
        try
        {
            read = NetworkXml.Parse(printed).Definition;
        }
        catch (VirtNetException e)
        {
            throw new BrokenPropertyException($"a definition with such metadata is accepted: {e.Message}\n{printed}");
        }

        Require.Equal(printed, NetworkXml.Format(read), "a definition with such metadata prints the same again");
        string uri = Encoding.UTF8.GetString(input).Split('\n')[1];
        Require.Equal(Get(changed, uri), Get(read, uri), "metadata is found again as it was set");
    }

    /// <returns>Null for an element that brought its own namespace, and is found by that one.</returns>
    private static string? Get(NetworkDefinition network, string uri)
    {
        try
        {
            return NetworkMetadataEditor.Get(network, NetworkMetadataType.Element, uri);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetworkMetadata)
        {
            return null;
        }
    }

    private static NetworkDefinition? Set(ReadOnlySpan<byte> input)
    {
        string[] parts = Encoding.UTF8.GetString(input).Split('\n', 3);
        if (parts.Length < 3)
        {
            return null;
        }

        try
        {
            NetworkDefinition described = NetworkMetadataEditor.Set(Network, NetworkMetadataType.Description, parts[2], null, null);
            return NetworkMetadataEditor.Set(described, NetworkMetadataType.Element, parts[2], parts[0], parts[1]);
        }
        catch (VirtNetException)
        {
            return null;
        }
    }
}
