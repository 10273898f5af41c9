using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Fuzz.Model;

/// <summary>
/// Validation against the schemas: of what the parser prints it refuses values at most (as libvirt's schema, it knows fewer
/// than the parser), and it refuses without anything else.
/// </summary>
internal sealed class NetworkSchemaTarget : TextTarget
{
    public override string Name => "network-schema";

    protected override IEnumerable<string> Texts => [.. XmlSeeds.Networks, NetworkPortTarget.Port];

    protected override IEnumerable<string> Terms => XmlSeeds.Words;

    // A validator keeps more for each element than the tree does.
    public override long AllocationBound(int length) => 512 * 1024 + (1024 * length);

    protected override void Decode(string text)
    {
        Validate(NetworkSchema.Validate, text);
        Validate(NetworkSchema.ValidatePort, text);
    }

    protected override void Check(string text)
    {
        try
        {
            text = NetworkXml.Format(NetworkXml.Parse(text).Definition);
        }
        catch (VirtNetException)
        {
            return;
        }

        // It is stricter than the parser about values, not about what there is.
        foreach (XmlFault fault in NetworkSchema.FindFaults(text))
        {
            Require.That(
                fault.Text.Contains("according to its datatype", StringComparison.Ordinal)
                    || fault.Text.StartsWith("The required attribute", StringComparison.Ordinal),
                "a schema that knows all that is printed");
        }
    }

    private static void Validate(Action<string> validate, string text)
    {
        try
        {
            validate(text);
        }
        catch (VirtNetException)
        {
            // refused, as documented
        }
    }
}
