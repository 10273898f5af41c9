using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;

namespace VirtNet.Services.Dnsmasq.Reading;

/// <summary>What the <c>&lt;dnsmasq:option&gt;</c> lines of a network mean as a whole.</summary>
/// <param name="Network">The definition with what its lines say where XML has it too: reservations, ranges, domain, TFTP root.</param>
internal sealed record DnsmasqReading(NetworkDefinition Network)
{
    public DhcpRules Dhcp { get; init; } = DhcpRules.None;

    /// <summary>The port that guests ask for names at; 0: none.</summary>
    public ushort? DnsPort { get; init; }

    /// <summary>How files are served by TFTP.</summary>
    public TftpRules Tftp { get; init; } = new();

    /// <summary>A TFTP root that is not there is no reason not to start.</summary>
    public bool TftpRootMayBeMissing { get; init; }

    /// <summary>Lines that only concern dnsmasq or its log.</summary>
    public ValueList<string> WithoutEffect { get; init; } = [];

    /// <summary>Lines that count, but for a part of them.</summary>
    public ValueList<NamedLine> HonouredInPart { get; init; } = [];

    /// <summary>Lines that keep the network from being served.</summary>
    public ValueList<NamedLine> Refused { get; init; } = [];

    /// <summary>One warning for all lines that have no effect; null where there are none.</summary>
    public string? Warning => WithoutEffect.Count == 0 ? null
        : $"dnsmasq options of network '{Network.Name}' without effect here: {string.Join(", ", WithoutEffect.Select(line => $"'{line}'"))}";

    /// <summary>What an operator is told of lines that do not do all that they do with dnsmasq.</summary>
    public IEnumerable<string> Warnings =>
    [
        .. Warning is { } warning ? [warning] : Array.Empty<string>(),
        .. HonouredInPart.Select(line => $"dnsmasq option '{line.Text}' of network '{Network.Name}' counts only in part: {line.Reason}"),
    ];

    /// <summary>Names all lines that cannot be honoured; null where there are none.</summary>
    public VirtNetException? Refusal => Refused.Count == 0 ? null : VirtNetException.ConfigUnsupported(
        Refused.Count == 1
            ? $"dnsmasq option '{Refused[0].Text}' of network '{Network.Name}' {Refused[0].Reason}"
            : $"dnsmasq options of network '{Network.Name}': {string.Join("; ", Refused.Select(line => $"'{line.Text}' {line.Reason}"))}");

    /// <exception cref="VirtNetException">The refusal, if there is one.</exception>
    public DnsmasqReading ThrowIfRefused() => Refusal is { } refusal ? throw refusal : this;
}
