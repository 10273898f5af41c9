using VirtNet.Rpc.Driver;
using PublicationTarget = VirtNet.Rpc.Driver.PublicationTarget;

namespace VirtNet.Cli.Commands;

/// <summary>What the daemon says of publications, in words.</summary>
internal static class PublicationText
{
    /// <summary>The words that <c>state</c> may be.</summary>
    public static string Name(this TargetState state) => state switch
    {
        TargetState.Up => "up",
        TargetState.Down => "down",
        TargetState.Unresolved => "unresolved",
        TargetState.Draining => "draining",
        TargetState.Standby => "standby",
        TargetState.Inactive => "inactive",
        _ => "unknown",
    };

    /// <summary>Where it listens, as net-publish takes it.</summary>
    public static string Listen(PublicationInForce publication)
    {
        string? address = publication.Address;
        string host = address is null ? "" : publication.Ports is null ? address : $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:";
        string protocol = publication.Ports is null || publication.Protocol is null or "tcp" ? "" : $"/{publication.Protocol}";
        return $"{host}{publication.Ports}{protocol}";
    }

    /// <summary>Who answers, as net-publish takes it.</summary>
    public static string Target(PublicationTarget target)
    {
        string who = target.Host ? Model.Publishing.TargetText.Host : target.Guest ?? (target.Addresses.Count > 0 ? target.Addresses[0] : "-");
        bool isBracketed = target is { Guest: null, Host: false, Ports: not null } && who.Contains(':', StringComparison.Ordinal);
        return $"{(isBracketed ? $"[{who}]" : who)}{(target.Ports is null ? "" : $":{target.Ports}")}";
    }

    /// <summary>For which clients it is open, by family.</summary>
    public static string Families(PublicationInForce publication) => (publication.Ipv4, publication.Ipv6) switch
    {
        (true, true) => "ipv4, ipv6",
        (true, false) => "ipv4",
        (false, true) => "ipv6",
        _ => "-",
    };

    /// <summary>Which of them may come: by one interface, or from some subnets.</summary>
    public static string Clients(PublicationInForce publication) => publication.Interface is null && publication.From.Count == 0 ? "all"
        : string.Join(", ", publication.From.Concat(publication.Interface is { } name ? [$"by {name}"] : []));

    /// <summary>What keeps it from being reached as it is meant to.</summary>
    public static IEnumerable<string> Notes(PublicationInForce publication) =>
    [
        .. publication.Warnings,
        .. publication.Targets
            .Where(target => target.Reason is not null)
            .Select(target => $"{Target(target)} is {target.State.Name()}: {target.Reason}"),
    ];
}
