using VirtNet.Model.Publishing;

namespace VirtNet.Host.Iptables;

/// <summary>Words that matches of several rules have.</summary>
internal static class IptablesMatch
{
    public static string Ports(PortRange ports) => ports.IsSingle ? $"{ports.First}" : $"{ports.First}:{ports.Last}";

    /// <summary>The port by which a connection has arrived at a target; empty of whole addresses.</summary>
    public static string ArrivedAt(HostPublication publication, HostTarget target) =>
        publication.Protocol is { } protocol && publication.PortsAt(target) is { } ports
            ? $"-p {protocol.Name()} -m {protocol.Name()} --dport {Ports(ports)}" : publication.Protocol is { } only ? $"-p {only.Name()}" : "";

    /// <summary>Where a connection was sent to at first, whatever became of that: words of <c>-m conntrack</c>.</summary>
    /// <param name="ports">Of those that are published; null = all.</param>
    public static string SentTo(HostPublication publication, PortRange? ports) => string.Join(' ', ((string?[])
    [
        publication.Address is { } address ? $"--ctorigdst {address}" : null,
        ports is { } range ? $"--ctorigdstport {Ports(range)}" : null,
    ]).OfType<string>());
}
