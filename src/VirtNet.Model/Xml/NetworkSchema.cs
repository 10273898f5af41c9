using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace VirtNet.Model.Xml;

/// <summary>
/// Validation against the schemas in <c>schemas/</c>, which travel inside this assembly. Stricter than the parser in one
/// point: what the parser passes over in silence is refused.
/// </summary>
public static partial class NetworkSchema
{
    /// <summary>Faults named in one message at most.</summary>
    private const int MaxFaults = 10;

    private static readonly Lazy<XmlSchemaSet> Networks = new(() => Load("network.xsd"));

    private static readonly Lazy<XmlSchemaSet> Ports = new(() => Load("networkport.xsd"));

    /// <summary>Checks a <c>&lt;network&gt;</c> document.</summary>
    /// <exception cref="VirtNetException">
    /// <see cref="VirErrorCode.XmlInvalidSchema"/> with a line for each fault: line, column, what was found, what was
    /// expected. <see cref="VirErrorCode.XmlDetail"/> if the text is no XML.
    /// </exception>
    public static void Validate(string xml) => Refuse("network.xsd", FindFaults(xml));

    /// <summary>
    /// What a <c>&lt;network&gt;</c> document does that the schema does not allow, the first few of it.
    /// </summary>
    /// <exception cref="VirtNetException"><see cref="VirErrorCode.XmlDetail"/> if the text is no XML.</exception>
    public static ValueList<XmlFault> FindFaults(string xml)
    {
        XElement network = XmlSource.Read(xml, "network");

        // Of some elements there are many, so the schema leaves it to the shape to say of which there is one.
        IEnumerable<XmlFault> repeated = XmlHints.Find(network, file: null)
            .Where(hint => hint.Kind is XmlHintKind.Repeated)
            .Select(hint => new XmlFault(hint.Position, hint.Message));
        return FindFaults(xml, Networks.Value).Concat(repeated).Concat(SchemaChoices.Find(network)).Take(MaxFaults).ToValueList();
    }

    /// <summary>What a value might be that the parser refused: it says that it is wrong in libvirt's words, which leave that open.</summary>
    /// <param name="at">Where the parser says that it is: of the attribute, or of its element.</param>
    /// <returns>The values, or what they look like; null where that is not known.</returns>
    public static string? FindAllowed(string xml, XmlPosition at)
    {
        try
        {
            return FindFaults(xml, Networks.Value)
                .Where(fault => fault.Allowed is not null && fault.Position.Line == at.Line && fault.Position.Column >= at.Column)
                .MinBy(fault => fault.Position.Column)?.Allowed;
        }
        catch (Exception e) when (e is XmlException or VirtNetException)
        {
            return null; // it is no XML
        }
    }

    /// <summary>Checks a <c>&lt;networkport&gt;</c> document; errors as for a network.</summary>
    public static void ValidatePort(string xml)
    {
        XElement port = XmlSource.Read(xml, "networkport");
        Refuse("networkport.xsd", FindFaults(xml, Ports.Value).Concat(PlugChoices.Find(port)).Take(MaxFaults).ToValueList());
    }

    private static void Refuse(string schema, ValueList<XmlFault> faults)
    {
        if (faults.Count > 0)
        {
            throw Invalid(schema, faults);
        }
    }

    private static List<XmlFault> FindFaults(string xml, XmlSchemaSet schemas)
    {
        List<XmlFault> faults = [];
        XmlReaderSettings settings = new() { ValidationType = ValidationType.Schema, Schemas = schemas };
        settings.ValidationEventHandler += (_, fault) => faults.Add(Fault(fault, schemas));
        using XmlReader inner = XmlSource.Open(xml);
        using XmlReader reader = XmlReader.Create(inner, settings);
        while (faults.Count < MaxFaults && reader.Read())
        {
        }

        return faults;
    }

    private static XmlFault Fault(ValidationEventArgs fault, XmlSchemaSet schemas)
    {
        string? allowed = Allowed(fault.Message, schemas);
        return new XmlFault(
            new XmlPosition(fault.Exception.LineNumber, fault.Exception.LinePosition),
            fault.Message + (allowed is null ? "" : $" Allowed: {allowed}."),
            allowed);
    }

    /// <summary>What a value that is refused might be, where its type has a name: the values, or what they look like.</summary>
    private static string? Allowed(string fault, XmlSchemaSet schemas)
    {
        if (TypeOfValue().Match(fault) is not { Success: true } match)
        {
            return null;
        }

        if (schemas.GlobalTypes[new XmlQualifiedName(match.Groups[1].Value)] is not XmlSchemaSimpleType type)
        {
            return match.Groups[1].Value.Split(':')[^1] switch
            {
                "unsignedByte" => $"a number from 0 to {byte.MaxValue}",
                "unsignedShort" => $"a number from 0 to {ushort.MaxValue}",
                "unsignedInt" => $"a number from 0 to {uint.MaxValue}",
                "unsignedLong" => $"a number from 0 to {ulong.MaxValue}",
                _ => null,
            };
        }

        string[] values = type.Content is XmlSchemaSimpleTypeRestriction restriction
            ? [.. restriction.Facets.OfType<XmlSchemaEnumerationFacet>().Select(facet => $"'{facet.Value}'")] : [];
        string? form = type.Annotation?.Items.OfType<XmlSchemaDocumentation>().FirstOrDefault()?.Markup?[0]?.InnerText;
        return values.Length > 0 ? string.Join(", ", values) : form is null ? null : InASentence(form.TrimEnd('.'));
    }

    /// <summary>With a small letter, unless a name or an abbreviation begins it.</summary>
    private static string InASentence(string text) =>
        text.Length > 1 && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    [GeneratedRegex(@"according to its datatype '([^']+)'")]
    private static partial Regex TypeOfValue();

    private static VirtNetException Invalid(string schema, ValueList<XmlFault> faults)
    {
        StringBuilder text = new("XML document failed to validate against schema: ");
        text.Append($"Unable to validate doc against {schema}\n");
        foreach ((XmlPosition position, string fault, _) in faults)
        {
            text.Append($"line {position.Line}, column {position.Column}: {fault}\n");
        }

        return new VirtNetException(VirErrorCode.XmlInvalidSchema, text.ToString(), VirErrorDomain.Xml)
        {
            Position = faults[0].Position,
        };
    }

    private static XmlSchemaSet Load(string name)
    {
        EmbeddedSchemas resolver = new();
        XmlSchemaSet schemas = new() { XmlResolver = resolver };
        using XmlReader reader = XmlReader.Create(
            EmbeddedSchemas.Open(name), settings: null, baseUri: EmbeddedSchemas.Root + name);
        schemas.Add(targetNamespace: null, reader);
        schemas.Compile();
        return schemas;
    }

    /// <summary>Finds the schemas that one of ours includes, and nothing else.</summary>
    private sealed class EmbeddedSchemas : XmlResolver
    {
        public const string Root = "embedded:///";

        public static Stream Open(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"No schema {name}", name);

        public override object GetEntity(Uri absoluteUri, string? role, Type? ofObjectToReturn) =>
            Open(Path.GetFileName(absoluteUri.AbsolutePath));
    }
}

/// <summary>A place where a document breaks its schema.</summary>
/// <param name="Text">What was found and what was expected.</param>
/// <param name="Allowed">What a value that is refused might be; null where it is none, or that cannot be said.</param>
public sealed record XmlFault(XmlPosition Position, string Text, string? Allowed = null);
