using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>
/// What the schema says of documents that the parser takes: it is stricter about values and their company, not about what there is.
/// </summary>
internal static class SchemaFaults
{
    /// <summary>Elements and attributes that it does not know, a line each.</summary>
    public static string OfShape(string xml) => string.Join('\n', NetworkSchema.FindFaults(xml)
        .Select(fault => fault.Text)
        .Where(text => !text.Contains("according to its datatype", StringComparison.Ordinal)
            && !text.Contains(" has either ", StringComparison.Ordinal)
            && !text.StartsWith("The required attribute", StringComparison.Ordinal)));
}
