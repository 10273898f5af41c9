using VirtNet.Model.Publishing;

namespace VirtNet.Host.Iptables;

/// <summary>Words that matches of several rules have.</summary>
internal static class IptablesMatch
{
    public static string Ports(PortRange ports) => ports.IsSingle ? $"{ports.First}" : $"{ports.First}:{ports.Last}";

    /// <summary>The protocol of a connection, and the port by which it has arrived at a target; empty of whole addresses.</summary>
    public static string ArrivedAt(HostPublication publication, HostTarget target) => (publication.Protocol?.Name(), publication.PortsAt(target)) switch
    {
        (null, _) => "",
        (var protocol, null) => $"-p {protocol}",
        (var protocol, { } ports) => $"-p {protocol} -m {protocol} --dport {Ports(ports)}",
    };

    /// <summary>Where a connection was sent to at first, whatever became of that: words of <c>-m conntrack</c>.</summary>
    /// <param name="ports">Of those that are published; null = all.</param>
    public static string SentTo(HostPublication publication, PortRange? ports) => string.Join(' ', ((string?[])
    [
        publication.Address is { } address ? $"--ctorigdst {address}" : null,
        ports is { } range ? $"--ctorigdstport {Ports(range)}" : null,
    ]).OfType<string>());
}
