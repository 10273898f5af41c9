using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// The names that a rule is for: a domain and all below it, or, where dnsmasq writes * in front, all names that end so.
/// </summary>
/// <param name="LabelEnd">
/// Null: the domain itself and what is below it. Else names below it whose label there ends so; empty: whatever it is.
/// </param>
internal sealed record RouteDomain(DnsName Domain, string? LabelEnd = null)
{
    public static RouteDomain All { get; } = new(DnsName.Root);

    public static RouteDomain Below(DnsName domain) => new(domain);

    /// <summary># means all; dots in front mean nothing.</summary>
    public static RouteDomain? TryParse(string text)
    {
        if (text == "#")
        {
            return All;
        }

        text = text.TrimStart('.');
        if (!text.StartsWith('*'))
        {
            return DnsName.TryParse(text) is { } plain ? Below(plain) : null;
        }

        int dot = text.IndexOf('.', StringComparison.Ordinal);
        string label = (dot < 0 ? text : text[..dot])[1..].ToLowerInvariant();
        return (dot < 0 || dot == text.Length - 1 ? DnsName.Root : DnsName.TryParse(text[(dot + 1)..])) is { } domain
            ? new RouteDomain(domain, label) : null;
    }
}
