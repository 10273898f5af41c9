using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary><c>&lt;publish&gt;&lt;to/&gt;&lt;check/&gt;&lt;/publish&gt;</c>.</summary>
internal static class PublicationXml
{
    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    /// <exception cref="VirtNetException">It has a form that this version does not know.</exception>
    public static Publication Parse(XElement publish)
    {
        publish.AllowOnly(
            ["name", "protocol", "port", "address", "interface", "from", "balance", "claim", "force"], ["to", "check"]);
        return publish.Own("check").ElementAtOrDefault(1) is { } second
            ? throw second.XmlError("<publish> has one <check> at most")
            : new Publication
            {
                Name = Name(publish),
                Protocol = publish.OptionalProtocol(),
                Ports = publish.Ports(),
                Address = publish.OptionalAddress("address"),
                Interface = Interface(publish),
                From = From(publish),
                Balance = ParseBalance(publish),
                Claim = publish.YesNo("claim") ?? false,
                Force = publish.YesNo("force") ?? false,
                Targets = [.. publish.Own("to").Select(PublicationTargetXml.Parse)],
                Check = publish.Own("check").Select(PublicationCheckXml.Parse).FirstOrDefault(),
            };
    }

    public static XElement Format(Publication publication) => new(Ns + "publish",
        ElementWriting.Attribute("name", publication.Name),
        ElementWriting.Attribute("protocol", publication.Protocol?.Name()),
        ElementWriting.Attribute("port", publication.Ports.Count > 0 ? PortRange.Format(publication.Ports) : null),
        ElementWriting.Attribute("address", publication.Address),
        ElementWriting.Attribute("interface", publication.Interface),
        ElementWriting.Attribute("from", publication.From.Count > 0 ? ClientText.Format(publication.From) : null),
        ElementWriting.Attribute("balance", publication.Balance == Balance.RoundRobin ? null : publication.Balance.Name()),
        publication.Claim ? new XAttribute("claim", "yes") : null,
        publication.Force ? new XAttribute("force", "yes") : null,
        publication.Targets.Select(PublicationTargetXml.Format),
        publication.Check is { } check ? PublicationCheckXml.Format(check) : null);

    private static string? Name(XElement publish) =>
        publish.Attribute("name") is not { } found ? null
        : GuestName.IsPossible(found.Value) ? found.Value
        : throw found.InvalidValue(" Expected a word without commas, colons, slashes and brackets");

    private static string? Interface(XElement publish) =>
        publish.Attribute("interface") is not { } found ? null
        : InterfaceName.WhyImpossible(found.Value) is { } reason ? throw found.XmlError(reason)
        : found.Value;

    private static ValueList<IPNetwork> From(XElement publish) =>
        publish.Attribute("from") is not { } found ? []
        : ClientText.Parse(found.Value) ?? throw found.InvalidValue(" Expected networks like 198.51.100.0/24 with commas between");

    private static Balance ParseBalance(XElement publish) =>
        publish.Attribute("balance") is not { } found ? Balance.RoundRobin
        : Balances.Find(found.Value) ?? throw found.InvalidValue($" Expected one of {string.Join(", ", Balances.Names)}");
}
